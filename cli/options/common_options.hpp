#pragma once
// Options that several commands have.
#include "cli/messages/proto_type.hpp"
#include "cli/options/option_set.hpp"
#include <telex/message.hpp>
#include <telex/options.hpp>

#include <cstdint>
#include <string>

namespace telex::cli {

enum class Format : std::uint8_t { text, json };

// --format text|json, or table|json
Option& add_format(OptionSet& options, Format& target, const std::string& for_people = "text");
// --proto FILE, --proto-path DIR
void add_proto_file(OptionSet& options, ProtoSource& source);
// --header 'NAME: VALUE'
void add_headers(OptionSet& options, Headers& headers);
// --queue, --policy, --credit, as the section "Subscription"
void add_subscription(OptionSet& options, SubscribeOptions& target);

}  // namespace telex::cli
