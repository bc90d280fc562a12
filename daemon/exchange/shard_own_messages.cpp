// Shard: what the exchange itself publishes. It has no publisher that could be paused or could be
// the subscriber, and belongs to no account: whoever may subscribe to it gets it, wherever it is.
#include "exchange/shard.hpp"
#include "wire/writer.hpp"

#include <string>

namespace telex::exchange {

void Shard::publish_own(const OwnMessage& own) {
    std::string body;
    wire::append_message(
        body,
        {.subject = own.subject,
         .payload = own.payload,
         .content_type = own.content_type,
         .type = own.type}
    );
    const auto message = wire::scan_message(body);
    if (!message) {
        return;  // cannot be: it was just encoded
    }
    for (access::AccountId account = 0; account < tables_.size(); ++account) {
        if (tables_[account]) {
            (void)spread(
                {.message = *message,
                 .owner = nullptr,
                 .subject = message->subject,
                 .reply_to = {},
                 .publisher = {},
                 .account = account}
            );
            finish_routing();
        }
    }
}

}  // namespace telex::exchange
