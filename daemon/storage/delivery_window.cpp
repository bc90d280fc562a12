#include "storage/delivery_window.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace telex::storage {

namespace {

constexpr std::size_t kMaxBatchBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxBatchRecords = 1'024;

}  // namespace

void DeliveryWindow::confirm() {
    if (!std::exchange(confirmed_, true)) {
        source_.take_attached(member_, v1::ERROR_CODE_UNSPECIFIED, {});
    }
}

void DeliveryWindow::end(v1::ErrorCode reason, const std::string& text) {
    if (confirmed_) {
        send();
        source_.take_detached(member_, reason, text);
    } else {
        source_.take_attached(member_, reason, text);
    }
}

void DeliveryWindow::add_credit(std::uint64_t messages) {
    credit_ += std::min(messages, std::numeric_limits<std::uint64_t>::max() - credit_);
}

std::uint32_t DeliveryWindow::allowance(std::size_t charge) const {
    if (credit_ == 0) {
        return 0;
    }
    // A record that is larger than the window goes alone.
    if (under_way_ == 0 && charge >= kMaxBatchBytes) {
        return 1;
    }
    const std::size_t in_batch = batch_ ? batch_->charge : 0;
    const std::size_t records = batch_ ? batch_->records.size() : 0;
    const std::size_t window =
        exchange::kMemberWindow - std::min(under_way_, exchange::kMemberWindow);
    const std::size_t room = std::min(window, kMaxBatchBytes - std::min(in_batch, kMaxBatchBytes));
    const std::size_t fitting = charge == 0 ? room : room / charge;
    // A large record does not wait for an empty window, only for an empty batch.
    const std::size_t count = fitting == 0 && in_batch == 0 && charge <= window ? 1 : fitting;
    const std::size_t most =
        std::min(count, kMaxBatchRecords - std::min(records, kMaxBatchRecords));
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(most, credit_));
}

void DeliveryWindow::add(
    const store::BlockPtr& block, const exchange::DeliveredRecord& record, std::size_t charge
) {
    if (!batch_) {
        batch_ = std::make_unique<BlockBatch>();
        batch_->member = member_;
        batch_->consumer = consumer_;
        batch_->number = number_;
    }
    if (batch_->blocks.empty() || batch_->blocks.back() != block) {
        batch_->blocks.push_back(block);
    }
    batch_->records.push_back(record);
    batch_->bytes += record.body.size();
    batch_->charge += charge;
    under_way_ += charge;
}

void DeliveryWindow::send() {
    if (batch_) {
        source_.take_deliveries(std::move(batch_));
        batch_ = nullptr;
    }
}

}  // namespace telex::storage
