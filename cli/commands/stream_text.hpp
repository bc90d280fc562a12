#pragma once
// Streams as tables and text, for people.
#include "telex/v1/stream_admin.pb.h"

#include <string>

namespace telex::cli {

std::string streams_text(const v1::StreamList& list);
std::string stream_text(const v1::StreamInfo& stream);
std::string storage_text(const v1::StorageInfo& storage);

}  // namespace telex::cli
