#include "storage/stream_set.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace telex::storage {

StreamRuntime* StreamSet::find_slowly(exchange::StreamNumber number) {
    const auto found = by_number_.find(number);
    if (found == by_number_.end()) {
        return nullptr;
    }
    last_found_ = number;
    last_ = found->second.get();
    return last_;
}

StreamRuntime* StreamSet::find(std::string_view account, std::string_view name) {
    const auto found = by_name_.find({std::string(account), std::string(name)});
    return found == by_name_.end() ? nullptr : found->second;
}

StreamRuntime* StreamSet::find(access::AccountId account, std::string_view name) {
    for (const auto& [key, stream] : by_name_) {
        if (stream->account == account && key.second == name) {
            return stream;
        }
    }
    return nullptr;
}

StreamResult<StreamRuntime*> StreamSet::get(std::string_view account, std::string_view name) {
    StreamRuntime* const stream = find(account, name);
    if (stream == nullptr) {
        return stream_fault(v1::STREAM_NOT_FOUND, fmt::format("stream '{}' does not exist", name));
    }
    return stream;
}

StreamRuntime& StreamSet::add(std::unique_ptr<StreamRuntime> stream) {
    const StoredStream& stored = *stream->stored();
    StreamRuntime& added = *stream;
    added.account = number_of(stored.account);
    by_name_[{stored.account, stored.name}] = &added;
    by_number_[stored.number] = std::move(stream);
    next_number = std::max(next_number, stored.number + 1);
    return added;
}

std::unique_ptr<StreamRuntime> StreamSet::take(exchange::StreamNumber number) {
    const auto found = by_number_.find(number);
    if (found == by_number_.end()) {
        return nullptr;
    }
    std::unique_ptr<StreamRuntime> stream = std::move(found->second);
    by_number_.erase(found);
    by_name_.erase({stream->stored()->account, stream->stored()->name});
    last_ = nullptr;
    return stream;
}

std::size_t StreamSet::count_of(std::string_view account) const {
    return static_cast<std::size_t>(std::count_if(
        by_name_.begin(),
        by_name_.end(),
        [&](const auto& entry) { return entry.first.first == account; }
    ));
}

void StreamSet::use_accounts(AccountNumber number) {
    account_number_ = std::move(number);
    for_each([&](StreamRuntime& stream) { stream.account = number_of(stream.stored()->account); });
}

std::optional<access::AccountId> StreamSet::number_of(const std::string& account) const {
    if (account.empty() || !account_number_) {
        return access::kDefaultAccount;
    }
    return account_number_(account);
}

exchange::CaptureTablePtr StreamSet::captures() const {
    auto table = std::make_shared<exchange::CaptureTable>();
    for_each([&](const StreamRuntime& stream) {
        if (!stream.captures || !stream.account) {
            return;
        }
        for (const std::string& subject : stream.options().subjects) {
            table->rows.push_back({
                .stream = stream.stored()->number,
                .account = *stream.account,
                .filter = subject,
                .name = stream.stored()->name,
            });
        }
    });
    return table;
}

}  // namespace telex::storage
