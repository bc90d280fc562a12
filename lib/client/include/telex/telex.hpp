#pragma once
// All of libtelex except <telex/typed.hpp>, which requires protobuf.
#include <telex/client.hpp>
#include <telex/consumer.hpp>
#include <telex/credentials.hpp>
#include <telex/error.hpp>
#include <telex/message.hpp>
#include <telex/options.hpp>
#include <telex/payload_view.hpp>
#include <telex/subscription.hpp>
