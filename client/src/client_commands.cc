// Client: commands to one customer, of the role Billing.
#include <cstdint>
#include <string>
#include <utility>

#include "client/src/client_impl.h"
#include "daybook/client.h"

namespace daybook::client {
namespace {

using Billing = wire::CustomerBilling::Client;

// Sends one command: `open` makes its request, `fill` gives it its contents.
template <typename Impl, typename Request, typename Fill>
std::future<Reply<Receipt>> command(Impl& impl, std::string customer, std::string key,
                                    const CallOptions& options,
                                    Request (Billing::*open)(kj::Maybe<capnp::MessageSize>),
                                    Fill fill) {
  return impl.template call<Receipt>(Role::billing, Effect::command, options,
                                     [customer = std::move(customer), key = std::move(key), open,
                                      fill = std::move(fill), options](Connection& connection) {
                                       auto whose = connection.billing().customerRequest();
                                       whose.setId(customer);
                                       whose.setMinPosition(options.min_position);
                                       Billing billing = whose.send().getCustomer();
                                       Request request = (billing.*open)(nullptr);
                                       request.setKey(key);
                                       fill(request);
                                       return sendForReceipt(request, options.json);
                                     });
}

// For commands that have no contents.
constexpr auto kNothing = [](auto&) {};

}  // namespace

Reply<Receipt> Client::updateCustomer(std::string id, std::string key, std::string zone,
                                      const CallOptions& options) {
  return updateCustomerAsync(std::move(id), std::move(key), std::move(zone), options).get();
}

Client::Future<Receipt> Client::updateCustomerAsync(std::string id, std::string key,
                                                    std::string zone, const CallOptions& options) {
  return command(*impl_, std::move(id), std::move(key), options, &Billing::updateRequest,
                 [zone = std::move(zone)](auto& request) {
                   auto update = request.initUpdate();
                   if (!zone.empty()) update.setZone(zone);
                 });
}

Reply<Receipt> Client::setAlerts(std::string customer, std::string key, SetAlerts alerts,
                                 const CallOptions& options) {
  return setAlertsAsync(std::move(customer), std::move(key), std::move(alerts), options).get();
}

Client::Future<Receipt> Client::setAlertsAsync(std::string customer, std::string key,
                                               SetAlerts alerts, const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::setAlertsRequest,
      [alerts = std::move(alerts)](auto& request) { toWire(alerts, request.initAlerts()); });
}

Reply<Receipt> Client::subscribe(std::string customer, std::string key, Subscribe subscription,
                                 const CallOptions& options) {
  return subscribeAsync(std::move(customer), std::move(key), std::move(subscription), options)
      .get();
}

Client::Future<Receipt> Client::subscribeAsync(std::string customer, std::string key,
                                               Subscribe subscription, const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::subscribeRequest,
                 [subscription = std::move(subscription)](auto& request) {
                   toWire(subscription, request.initSubscribe());
                 });
}

Reply<Receipt> Client::cancel(std::string customer, std::string key, Cancel cancellation,
                              const CallOptions& options) {
  return cancelAsync(std::move(customer), std::move(key), cancellation, options).get();
}

Client::Future<Receipt> Client::cancelAsync(std::string customer, std::string key,
                                            Cancel cancellation, const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::cancelRequest,
                 [cancellation](auto& request) { toWire(cancellation, request.initCancel()); });
}

Reply<Receipt> Client::revokeCancel(std::string customer, std::string key,
                                    const CallOptions& options) {
  return revokeCancelAsync(std::move(customer), std::move(key), options).get();
}

Client::Future<Receipt> Client::revokeCancelAsync(std::string customer, std::string key,
                                                  const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options,
                 &Billing::revokeCancelRequest, kNothing);
}

Reply<Receipt> Client::changePlan(std::string customer, std::string key, ChangePlan change,
                                  const CallOptions& options) {
  return changePlanAsync(std::move(customer), std::move(key), std::move(change), options).get();
}

Client::Future<Receipt> Client::changePlanAsync(std::string customer, std::string key,
                                                ChangePlan change, const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::changePlanRequest,
      [change = std::move(change)](auto& request) { toWire(change, request.initChange()); });
}

Reply<Receipt> Client::revokeChange(std::string customer, std::string key,
                                    const CallOptions& options) {
  return revokeChangeAsync(std::move(customer), std::move(key), options).get();
}

Client::Future<Receipt> Client::revokeChangeAsync(std::string customer, std::string key,
                                                  const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options,
                 &Billing::revokeChangeRequest, kNothing);
}

Reply<Receipt> Client::pause(std::string customer, std::string key, const CallOptions& options) {
  return pauseAsync(std::move(customer), std::move(key), options).get();
}

Client::Future<Receipt> Client::pauseAsync(std::string customer, std::string key,
                                           const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::pauseRequest,
                 kNothing);
}

Reply<Receipt> Client::resume(std::string customer, std::string key, const CallOptions& options) {
  return resumeAsync(std::move(customer), std::move(key), options).get();
}

Client::Future<Receipt> Client::resumeAsync(std::string customer, std::string key,
                                            const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::resumeRequest,
                 kNothing);
}

Reply<Receipt> Client::pinVersion(std::string customer, std::string key, Pin pin,
                                  const CallOptions& options) {
  return pinVersionAsync(std::move(customer), std::move(key), pin, options).get();
}

Client::Future<Receipt> Client::pinVersionAsync(std::string customer, std::string key, Pin pin,
                                                const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::pinVersionRequest,
                 [pin](auto& request) { request.initPin().setPinned(pin == Pin::keep); });
}

Reply<Receipt> Client::changeSeats(std::string customer, std::string key, ChangeSeats change,
                                   const CallOptions& options) {
  return changeSeatsAsync(std::move(customer), std::move(key), std::move(change), options).get();
}

Client::Future<Receipt> Client::changeSeatsAsync(std::string customer, std::string key,
                                                 ChangeSeats change, const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::changeSeatsRequest,
      [change = std::move(change)](auto& request) { toWire(change, request.initChange()); });
}

Reply<Receipt> Client::buyCredits(std::string customer, std::string key, std::string pack,
                                  std::string currency, const CallOptions& options) {
  return buyCreditsAsync(std::move(customer), std::move(key), std::move(pack), std::move(currency),
                         options)
      .get();
}

Client::Future<Receipt> Client::buyCreditsAsync(std::string customer, std::string key,
                                                std::string pack, std::string currency,
                                                const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::buyCreditsRequest,
                 [pack = std::move(pack), currency = std::move(currency)](auto& request) {
                   auto purchase = request.initPurchase();
                   purchase.setPack(pack);
                   if (!currency.empty()) purchase.setCurrency(currency);
                 });
}

Reply<Receipt> Client::topUp(std::string customer, std::string key, std::string amount,
                             std::string currency, const CallOptions& options) {
  return topUpAsync(std::move(customer), std::move(key), std::move(amount), std::move(currency),
                    options)
      .get();
}

Client::Future<Receipt> Client::topUpAsync(std::string customer, std::string key,
                                           std::string amount, std::string currency,
                                           const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::topUpRequest,
                 [amount = std::move(amount), currency = std::move(currency)](auto& request) {
                   auto top_up = request.initTopUp();
                   top_up.setAmount(amount);
                   if (!currency.empty()) top_up.setCurrency(currency);
                 });
}

Reply<Receipt> Client::grantCredits(std::string customer, std::string key, GrantCredits grant,
                                    const CallOptions& options) {
  return grantCreditsAsync(std::move(customer), std::move(key), std::move(grant), options).get();
}

Client::Future<Receipt> Client::grantCreditsAsync(std::string customer, std::string key,
                                                  GrantCredits grant, const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options,
                 &Billing::grantCreditsRequest,
                 [grant = std::move(grant)](auto& request) { toWire(grant, request.initGrant()); });
}

Reply<Receipt> Client::refundPack(std::string customer, std::string key, RefundPack refund,
                                  const CallOptions& options) {
  return refundPackAsync(std::move(customer), std::move(key), std::move(refund), options).get();
}

Client::Future<Receipt> Client::refundPackAsync(std::string customer, std::string key,
                                                RefundPack refund, const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::refundPackRequest,
      [refund = std::move(refund)](auto& request) { toWire(refund, request.initRefund()); });
}

Reply<Receipt> Client::voidUsage(std::string customer, std::string key, VoidUsage usage,
                                 const CallOptions& options) {
  return voidUsageAsync(std::move(customer), std::move(key), std::move(usage), options).get();
}

Client::Future<Receipt> Client::voidUsageAsync(std::string customer, std::string key,
                                               VoidUsage usage, const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options, &Billing::voidUsageRequest,
                 [usage = std::move(usage)](auto& request) { toWire(usage, request.initUsage()); });
}

Reply<Receipt> Client::addAdjustment(std::string customer, std::string key,
                                     AddAdjustment adjustment, const CallOptions& options) {
  return addAdjustmentAsync(std::move(customer), std::move(key), std::move(adjustment), options)
      .get();
}

Client::Future<Receipt> Client::addAdjustmentAsync(std::string customer, std::string key,
                                                   AddAdjustment adjustment,
                                                   const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options,
                 &Billing::addAdjustmentRequest,
                 [adjustment = std::move(adjustment)](auto& request) {
                   toWire(adjustment, request.initAdjustment());
                 });
}

Reply<Receipt> Client::addCustomerCredit(std::string customer, std::string key,
                                         AddCustomerCredit credit, const CallOptions& options) {
  return addCustomerCreditAsync(std::move(customer), std::move(key), std::move(credit), options)
      .get();
}

Client::Future<Receipt> Client::addCustomerCreditAsync(std::string customer, std::string key,
                                                       AddCustomerCredit credit,
                                                       const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::addCustomerCreditRequest,
      [credit = std::move(credit)](auto& request) { toWire(credit, request.initCredit()); });
}

Reply<Receipt> Client::creditInvoice(std::string customer, std::string key, CreditInvoice credit,
                                     const CallOptions& options) {
  return creditInvoiceAsync(std::move(customer), std::move(key), std::move(credit), options).get();
}

Client::Future<Receipt> Client::creditInvoiceAsync(std::string customer, std::string key,
                                                   CreditInvoice credit,
                                                   const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::creditInvoiceRequest,
      [credit = std::move(credit)](auto& request) { toWire(credit, request.initCredit()); });
}

Reply<Receipt> Client::recordPayment(std::string customer, std::string key, RecordPayment payment,
                                     const CallOptions& options) {
  return recordPaymentAsync(std::move(customer), std::move(key), std::move(payment), options).get();
}

Client::Future<Receipt> Client::recordPaymentAsync(std::string customer, std::string key,
                                                   RecordPayment payment,
                                                   const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::recordPaymentRequest,
      [payment = std::move(payment)](auto& request) { toWire(payment, request.initPayment()); });
}

Reply<Receipt> Client::recordPaymentFailure(std::string customer, std::string key,
                                            RecordPaymentFailure failure,
                                            const CallOptions& options) {
  return recordPaymentFailureAsync(std::move(customer), std::move(key), std::move(failure), options)
      .get();
}

Client::Future<Receipt> Client::recordPaymentFailureAsync(std::string customer, std::string key,
                                                          RecordPaymentFailure failure,
                                                          const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), options, &Billing::recordPaymentFailureRequest,
      [failure = std::move(failure)](auto& request) { toWire(failure, request.initFailure()); });
}

Reply<Receipt> Client::markUncollectible(std::string customer, std::string key,
                                         std::uint64_t invoice, const CallOptions& options) {
  return markUncollectibleAsync(std::move(customer), std::move(key), invoice, options).get();
}

Client::Future<Receipt> Client::markUncollectibleAsync(std::string customer, std::string key,
                                                       std::uint64_t invoice,
                                                       const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), options,
                 &Billing::markUncollectibleRequest,
                 [invoice](auto& request) { request.initInvoice().setInvoice(invoice); });
}

}  // namespace daybook::client
