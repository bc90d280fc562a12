#pragma once
// Consumers of streams as tables and text, for people.
#include "telex/v1/stream_admin.pb.h"

#include <string>

namespace telex::cli {

std::string consumers_text(const v1::ConsumerList& list);
std::string consumer_text(const v1::ConsumerInfo& consumer);

}  // namespace telex::cli
