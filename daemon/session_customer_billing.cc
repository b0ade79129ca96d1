#include <string>
#include <utility>

#include "daemon/session_answers.h"

namespace daybook::daemon {

namespace {

class CustomerBilling final : public wire::CustomerBilling::Server {
 public:
  CustomerBilling(LedgerService& service, CustomerName name)
      : service_(service), name_(std::move(name)) {}

  kj::Promise<void> update(UpdateContext context) override {
    return answer(context, context.getParams().getUpdate());
  }
  kj::Promise<void> subscribe(SubscribeContext context) override {
    return answer(context, context.getParams().getSubscribe());
  }
  kj::Promise<void> cancel(CancelContext context) override {
    return answer(context, context.getParams().getCancel());
  }
  kj::Promise<void> revokeCancel(RevokeCancelContext context) override {
    return answer(context, wire::RevokeCancel::Reader());
  }
  kj::Promise<void> buyCredits(BuyCreditsContext context) override {
    return answer(context, context.getParams().getPurchase());
  }
  kj::Promise<void> topUp(TopUpContext context) override {
    return answer(context, context.getParams().getTopUp());
  }
  kj::Promise<void> changePlan(ChangePlanContext context) override {
    return answer(context, context.getParams().getChange());
  }
  kj::Promise<void> revokeChange(RevokeChangeContext context) override {
    return answer(context, wire::RevokeChange::Reader());
  }
  kj::Promise<void> pause(PauseContext context) override {
    return answer(context, wire::Pause::Reader());
  }
  kj::Promise<void> resume(ResumeContext context) override {
    return answer(context, wire::Resume::Reader());
  }
  kj::Promise<void> pinVersion(PinVersionContext context) override {
    return answer(context, context.getParams().getPin());
  }
  kj::Promise<void> changeSeats(ChangeSeatsContext context) override {
    return answer(context, context.getParams().getChange());
  }
  kj::Promise<void> grantCredits(GrantCreditsContext context) override {
    return answer(context, context.getParams().getGrant());
  }
  kj::Promise<void> refundPack(RefundPackContext context) override {
    return answer(context, context.getParams().getRefund());
  }
  kj::Promise<void> voidUsage(VoidUsageContext context) override {
    return answer(context, context.getParams().getUsage());
  }
  kj::Promise<void> addAdjustment(AddAdjustmentContext context) override {
    return answer(context, context.getParams().getAdjustment());
  }
  kj::Promise<void> addCustomerCredit(AddCustomerCreditContext context) override {
    return answer(context, context.getParams().getCredit());
  }
  kj::Promise<void> creditInvoice(CreditInvoiceContext context) override {
    return answer(context, context.getParams().getCredit());
  }
  kj::Promise<void> recordPayment(RecordPaymentContext context) override {
    return answer(context, context.getParams().getPayment());
  }
  kj::Promise<void> recordPaymentFailure(RecordPaymentFailureContext context) override {
    return answer(context, context.getParams().getFailure());
  }
  kj::Promise<void> markUncollectible(MarkUncollectibleContext context) override {
    return answer(context, context.getParams().getInvoice());
  }
  kj::Promise<void> setAlerts(SetAlertsContext context) override {
    return answer(context, context.getParams().getAlerts());
  }

 private:
  /// Records what was asked under the call's key.
  template <typename Context, typename Asked>
  kj::Promise<void> answer(Context context, Asked asked) {
    return answerReceipt(service_,
                         protocol::readCommand(context.getParams().getKey(), name_.id, asked),
                         name_.min_position, context);
  }

  LedgerService& service_;
  CustomerName name_;
};

}  // namespace

wire::CustomerBilling::Client makeCustomerBilling(LedgerService& service, CustomerName name) {
  return kj::heap<CustomerBilling>(service, std::move(name));
}

}  // namespace daybook::daemon
