#pragma once
// All of libtelex except <telex/typed.hpp>, which requires protobuf.
#include <telex/client.hpp>
#include <telex/error.hpp>
#include <telex/message.hpp>
#include <telex/options.hpp>
#include <telex/subscription.hpp>
