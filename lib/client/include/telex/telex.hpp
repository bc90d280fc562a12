#pragma once
// All of libtelex but <telex/typed.hpp>, which needs protobuf.
#include <telex/client.hpp>
#include <telex/error.hpp>
#include <telex/message.hpp>
#include <telex/options.hpp>
#include <telex/subscription.hpp>
