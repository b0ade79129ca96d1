"""Cases that have plans and customers: what is given becomes a ledger, what happens becomes
commands, what is expected is read from the ledger.
"""

import decimal

from case_books import INTERVALS, Books, exact, instant, plain
from case_facts import RATE_UNITS, Facts, Unmapped


def per_million(rate):
    """Rate units per million tokens as money; not charged where there is no price."""
    return plain(decimal.Decimal(rate or 0) / RATE_UNITS)


class World(Facts):
    """A case's ledger. A customer without a name is "c"."""

    def __init__(self, case):
        self.case = case
        self.given = case["given"]
        self.answers = {}
        self.cost = {}
        self.currency = self.given.get("currency", "USD")
        subscription = self.given.get("customer", {}).get("subscription", {})
        period = subscription.get("period") or subscription.get("usage_period") or {}
        first = [event["at"] for event in case.get("events", [])]
        self.start = subscription.get("anchor") or period.get("start") or first[0]
        self.books = Books(self.start)

    def __enter__(self):
        self.books.__enter__()
        try:
            self.publish_given()
            self.open()
        except BaseException as trouble:
            self.books.__exit__(type(trouble))
            raise
        return self

    def __exit__(self, *trouble):
        self.books.__exit__(*trouble)

    # ---- what is sold

    def publish_given(self):
        catalog = self.books.catalog
        types = {}
        for plan in self.given.get("plans", []):
            for feature in plan["features"]:
                types[feature["code"]] = feature["type"]
            if plan["consumption_model"] == "balance" and not plan["features"]:
                types["work"] = "metered"      # something to spend the balance on
        kinds = {"metered": "metered", "seats": "seats", "quota": "seats", "boolean": "boolean"}
        catalog["features"] = [{"code": code, "type": kinds[kind]} for code, kind in types.items()]
        catalog["plans"] = [self.plan(plan) for plan in self.given.get("plans", [])]
        catalog["packs"] = [
            {"code": pack["id"], "credits": pack["credits"],
             "prices": [{"currency": self.currency, "price": pack["price"]}]}
            for pack in self.given.get("packs", [])]
        models = [self.model(entry) for entry in self.given.get("catalog", [])]
        if models:
            catalog["priceBooks"] = [{"currency": self.currency, "models": models}]
        self.books.publish()

    @staticmethod
    def model(entry):
        provider, _, model = entry["model"].partition("/")
        return {"provider": provider, "model": model,
                "input": per_million(entry["input_per_million_rate"]),
                "output": per_million(entry["output_per_million_rate"]),
                "cacheRead": per_million(entry["cache_read_per_million_rate"]),
                "cacheWrite": per_million(entry["cache_write_per_million_rate"]),
                "retired": not entry["active"]}

    def plan(self, given):
        model = given["consumption_model"]
        prices = given["prices"] or [{"interval": "monthly", "amount": "0"}]
        plan = {"code": given["id"], "model": model,
                "interval": INTERVALS[prices[0]["interval"]],
                "prices": [self.base_price(price, given) for price in prices],
                "features": [self.plan_feature(feature, model) for feature in given["features"]
                             if feature.get("enabled", True)]}
        if model == "credits":
            plan["credits"] = given.get("included_credits") or prices[0]["included_credits"]
        if model == "balance":
            blocks = given.get("block_on_exhaustion") or given.get("free")
            plan["atZero"] = "block" if blocks else "overage"
            if not given["features"]:
                plan["features"] = [{"feature": "work", "prices": [self.price("1")]}]
        if "rank" in given:
            plan["rank"] = given["rank"]
        plan["free"] = bool(given.get("free"))
        offer = prices[0].get("intro_offer")
        if offer:
            plan["introPercent"] = plain(decimal.Decimal(offer["basis_points"]) / 100)
            plan["introCycles"] = offer["cycles"]
        plan["trialDays"] = prices[0].get("trial_days", 0)
        return plan

    def base_price(self, price, plan):
        base = {"currency": self.currency, "interval": INTERVALS[price["interval"]],
                "base": price["amount"]}
        balance = price.get("included_balance") or plan.get("included_balance")
        if balance:
            base["includedBalance"] = balance
        return base

    def price(self, unit_price):
        return {"currency": self.currency, "unitPrice": unit_price}

    def plan_feature(self, feature, model):
        sold = {"feature": feature["code"]}
        if feature["type"] == "boolean":
            return sold
        sold["included"] = feature.get("included", "0")
        if feature.get("pricing_mode") == "ai_model":
            margin = plain(decimal.Decimal(feature["margin_bp"]) / 100)
            sold["prices"] = [{"currency": self.currency, "scheme": "tokens",
                               "marginPercent": margin}]
        elif feature["type"] == "metered" and model == "credits":
            sold["creditsPerUnit"] = feature["credits_per_unit"]
        elif feature.get("overage") == "disabled":
            sold["overage"] = "block"
        else:
            sold["prices"] = [self.price(feature["unit_price"])]
        return sold

    # ---- the state at the start

    def open(self):
        customer = self.given.get("customer")
        if not customer or "subscription" not in customer:
            return
        name = customer.get("id", "c")
        subscription = customer["subscription"]
        plan = self.sold(subscription["plan"])
        state = customer.get("state", {})
        opening = {"plan": plan["code"], "anchor": str(instant(self.start)),
                   "baseCharged": self.amount_of(plan, subscription.get("interval")),
                   "seats": [{"feature": code, "seats": count} for kind in ("seats", "quota")
                             for code, count in state.get(kind, {}).items()]}
        if "interval" in subscription:
            opening["interval"] = INTERVALS[subscription["interval"]]
        if plan["model"] == "credits":
            opening["grants"] = self.opening_grants(plan, state)
        if plan["model"] == "balance":
            opening |= self.opening_balance(state)
        self.books.do(name, "createCustomer", {"opening": opening})

    def sold(self, code):
        return next(plan for plan in self.books.catalog["plans"] if plan["code"] == code)

    @staticmethod
    def amount_of(plan, interval):
        wanted = INTERVALS.get(interval, plan["interval"])
        return next(price["base"] for price in plan["prices"] if price["interval"] == wanted)

    @staticmethod
    def opening_grants(plan, state):
        left = state.get("plan_credits", plan["credits"])
        grants = [{"kind": "plan", "credits": plan["credits"], "remaining": left}]
        purchased = state.get("purchased_credits", "0")
        if decimal.Decimal(purchased):
            grants.append({"kind": "purchased", "credits": purchased, "remaining": purchased})
        return grants

    @staticmethod
    def opening_balance(state):
        if "balance_rate_units" in state:
            rate_units = decimal.Decimal(state["balance_rate_units"])
            return {"balance": plain(rate_units / RATE_UNITS)}
        return {"balance": state["balance"]} if "balance" in state else {}

    # ---- what happens

    def happen(self, event):
        kind = event["kind"].replace(".", "_")
        handler = getattr(self, "on_" + kind, None)
        if handler is None:
            raise Unmapped(event["kind"])
        self.books.move_clock(event["at"])
        answer = handler(self.customer_of(event), event)
        if answer is not None:
            self.answers[event["at"], self.customer_of(event)] = answer

    def customer_of(self, entry):
        return entry.get("customer") or self.given.get("customer", {}).get("id", "c")

    def on_period_close(self, _, __):
        """The clock has closed it."""

    on_clock_advance = on_period_close

    def on_usage_record(self, customer, event):
        usage = {"feature": event["feature"], "quantity": event["quantity"]}
        if "occurred_at" in event:
            usage["at"] = str(instant(event["occurred_at"]))
        return self.books.send(customer, "recordUsage", usage, event.get("event_id"))

    def on_usage_set(self, customer, event):
        return self.books.do(customer, "recordUsage",
                             {"feature": event["feature"], "quantity": event["value"], "set": True})

    @staticmethod
    def tokens(event):
        provider, _, model = event["model"].partition("/")
        return {"provider": provider, "model": model, "input": str(event["input_tokens"]),
                "output": str(event["output_tokens"]),
                "cacheRead": str(event.get("cache_read_tokens", 0)),
                "cacheWrite": str(event.get("cache_write_tokens", 0))}

    def on_usage_record_tokens(self, customer, event):
        self.parts(customer, event)
        return self.books.send(customer, "recordUsage",
                               {"feature": event["feature"], "tokens": self.tokens(event)})

    def parts(self, customer, event):
        """What each kind of token of this event would cost alone, without the margin."""
        plan = self.sold(self.given["customer"]["subscription"]["plan"])
        sold = next(f for f in plan["features"] if f["feature"] == event["feature"])
        margin = 1 + exact(sold["prices"][0].get("marginPercent")) / 100
        cost = {}
        for name in ("input", "output", "cache_read", "cache_write"):
            counts = {"input": "0", "output": "0", "cache-read": "0", "cache-write": "0"}
            counts[name.replace("_", "-")] = str(event[name + "_tokens"])
            flags = [word for option, count in counts.items() for word in (f"--{option}", count)]
            provider, _, model = event["model"].partition("/")
            answer = self.books.check(customer, event["feature"], "--provider", provider,
                                      "--model", model, *flags)
            cost[name] = exact(answer.get("cost")) * RATE_UNITS / margin
        cost["subtotal"] = sum(cost.values())
        cost["margin"] = cost["subtotal"] * (margin - 1)
        self.cost = cost

    def on_credits_purchase_pack(self, customer, event):
        return self.books.do(customer, "buyCredits", {"pack": event["pack"]})

    def on_balance_topup(self, customer, event):
        return self.books.do(customer, "topUp", {"amount": event["amount"]})

    def on_seats_add(self, customer, event, sign=1):
        return self.books.send(customer, "changeSeats",
                               {"feature": event["feature"],
                                "seats": str(sign * int(event["count"]))})

    def on_seats_remove(self, customer, event):
        return self.on_seats_add(customer, event, -1)

    on_quota_remove = on_seats_remove

    def on_subscription_create(self, customer, event):
        """Calendar billing has the first of the next month for its anchor."""
        if not any(entry["id"] == customer for entry in self.customers()):
            self.books.do(customer, "createCustomer", {})
            if "canceled" in self.given.get("customer", {}).get("history", []):
                self.books.do(customer, "subscribe", {"plan": event["plan"]})
                self.books.do(customer, "cancel", {"when": "now"})
        subscribe = {"plan": event["plan"]}
        if "interval" in event:
            subscribe["interval"] = INTERVALS[event["interval"]]
        has_trial = self.sold(event["plan"]).get("trialDays")
        if self.given.get("billing_time") == "calendar" and not has_trial:
            subscribe["anchor"] = str(first_of_next_month(event["at"]))
        return self.books.do(customer, "subscribe", subscribe)

    def customers(self):
        return self.books.ledger.json_lines("customer", "list")

    def on_subscription_change_plan(self, customer, event):
        change = {"plan": event["to"]}
        if "interval" in event:
            change["interval"] = INTERVALS[event["interval"]]
        return self.books.do(customer, "changePlan", change)

    def on_subscription_cancel(self, customer, event):
        """At once with what is not used up as customer credit, which is to be asked for."""
        now = event["mode"] == "immediate"
        return self.books.do(customer, "cancel", {"when": "now" if now else "periodEnd",
                                                  "creditUnused": now})

    def on_catalog_change(self, _, event):
        plan, _, path = event["target"].removeprefix("plan:").partition("/")
        what, _, field = path.removeprefix("feature:").partition("/")
        sold = next(f for f in self.sold(plan)["features"] if f["feature"] == what)
        if field == "included":
            sold["included"] = event["to"]
        elif field == "unit_price":
            sold["prices"][0]["unitPrice"] = event["to"]
        else:
            raise Unmapped(event["target"])
        self.books.publish()


def first_of_next_month(at):
    year, month = int(at[:4]), int(at[5:7])
    return instant(f"{year + month // 12:04}-{month % 12 + 1:02}-01")
