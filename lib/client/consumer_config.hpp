#pragma once
// Encodes the settings of a consumer (telex.v1.ConsumerConfig) without generated code.
#include <telex/consumer.hpp>

#include <string>

namespace telex::client {

std::string encode(const ConsumerSettings& settings);

}  // namespace telex::client
