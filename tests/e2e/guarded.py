"""A ledger that lets in whoever has a token, what is made for it, and what its connections say.

    with GuardedLedger() as ledger:            # files are written before it starts: ledger.write()
        ledger.as_boss("customer", "list")
"""

import os
import pathlib
import signal
import socket
import struct
import subprocess
import threading

import daybook

ROLES = ("recorder", "reader", "billing", "auditor", "admin")


def make_token(folder, name, *roles, expires=None):
    """Makes a token: the file that holds it, and its entry in the configuration."""
    path = pathlib.Path(folder) / f"{name}.token"
    flags = [flag for role in roles for flag in ("--role", role)]
    if expires:
        flags += ["--expires", expires]
    done = daybook.execute([daybook.program("daybookd"), "token", name, *flags,
                            "--secret-file", str(path)])
    return path, done.stdout.strip()


class GuardedLedger(daybook.Ledger):
    """A ledger that lets in whoever has a token: `boss` for everything, and those of a test."""

    def __init__(self, **options):
        super().__init__(**options)
        self.settings = self.config.read_text(encoding="utf-8")
        self.boss, self.entry = make_token(self.folder, "boss", *ROLES)

    def write(self, *entries, listen="", rest=""):
        """Writes the configuration with the tokens of these entries, further lines of [listen] and
        further tables."""
        settings = self.settings.replace("[listen]\n", "[listen]\n" + listen)
        self.config.write_text(settings + rest + "[access]\nuids = []\ntokens = [\n"
                               + "\n".join([self.entry, *entries]) + "\n]\n", encoding="utf-8")

    def ports(self):
        """The TCP ports that it listens on, in the order of the configuration."""
        lines = self.log().split("daybookd ")[-1].splitlines()
        return [int(line.split("listening on tcp:")[1].split()[0].rsplit(":", 1)[1])
                for line in lines if "listening on tcp:" in line]

    def reload(self):
        """SIGHUP; gives what the log says of it."""
        with open(self.log_path, encoding="utf-8") as log:
            log.seek(0, os.SEEK_END)
            os.kill(self.pid(), signal.SIGHUP)
            return wait_for_line(log, "[access] is in force", "not taken: ")

    def as_boss(self, *arguments):
        return self.run("--token-file", self.boss, *arguments)

    def status(self):
        return self.json("--token-file", self.boss, "status")["status"]


def wait_for_line(log, *messages):
    """Reads on in an open log until a line with one of the messages comes, and gives it."""
    with subprocess.Popen(["tail", "--follow", "--bytes", f"+{log.tell() + 1}", log.name],
                          stdout=subprocess.PIPE, text=True) as tail:
        line = next(line for line in tail.stdout if any(text in line for text in messages))
        tail.kill()
    return line


def await_text(stream, text):
    """Reads lines until one holds the text."""
    assert any(text in line for line in stream), f"the stream ended before {text}"


def make_authority(folder, name):
    """A certificate that may vouch for others, as PREFIX.pem and PREFIX.key; gives the prefix."""
    prefix = pathlib.Path(folder) / name
    daybook.execute(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                     "-keyout", f"{prefix}.key", "-out", f"{prefix}.pem"])
    return prefix


def make_certificate(authority, host):
    """A certificate for a host that the authority vouches for; gives the lines of [listen]."""
    prefix = authority.parent / f"{authority.name}-{host}"
    daybook.execute(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-subj", f"/CN={host}", "-keyout", f"{prefix}.key",
                     "-out", f"{prefix}.csr"])
    names = pathlib.Path(f"{prefix}.ext")
    names.write_text(f"subjectAltName=DNS:{host}\n", encoding="ascii")
    daybook.execute(["openssl", "x509", "-req", "-in", f"{prefix}.csr", "-CA", f"{authority}.pem",
                     "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2",
                     "-extfile", str(names), "-out", f"{prefix}.pem"])
    return f'tls_certificate = "{prefix}.pem"\ntls_key = "{prefix}.key"\n'


class Proxy:
    """Stands between clients and a daemon and keeps what they say; may cut the daemon's words off
    after so many bytes."""

    def __init__(self, connect, cut_after=None, reset=False):
        self._connect = connect
        self._cut_after = cut_after
        self._reset = reset
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.asked = bytearray()
        self.answered = bytearray()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while True:
            client, _ = self._listener.accept()
            if self._listener.gettimeout() == 0:
                client.close()
                return
            with client, self._connect() as daemon:
                up = threading.Thread(target=self._pump, args=(client, daemon, self.asked, None))
                up.start()
                if self._pump(daemon, client, self.answered, self._cut_after):
                    if self._reset:
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
                        client.shutdown(socket.SHUT_RD)
                    else:
                        client.shutdown(socket.SHUT_RDWR)
                up.join()

    @staticmethod
    def _pump(source, target, kept, limit):
        """Says whether the limit was reached."""
        try:
            while data := source.recv(65536):
                if limit is not None and len(kept) + len(data) > limit:
                    target.sendall(data[:limit - len(kept)])
                    return True
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        return False

    def close(self):
        self._listener.settimeout(0)
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()


def messages_of(stream):
    """The Cap'n Proto messages that are whole in a stream, each with its framing."""
    messages = []
    at = 0
    while at + 8 <= len(stream):
        segments = struct.unpack_from("<I", stream, at)[0] + 1
        table = (segments + 2) // 2 * 8
        if at + table > len(stream):
            break
        size = table + 8 * sum(struct.unpack_from(f"<{segments}I", stream, at + 4))
        if at + size > len(stream):
            break
        messages.append(bytes(stream[at:at + size]))
        at += size
    return messages
