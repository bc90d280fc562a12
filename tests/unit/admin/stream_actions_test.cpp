#include "admin/stream_actions.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <utility>

namespace telex::admin {
namespace {

TEST(StreamActions, MapEveryFaultToAnErrorOfCommands) {
    using Error = v1::AdminError;
    const std::pair<v1::StreamErrorCode, Error::Code> rows[] = {
        {v1::STREAM_NOT_FOUND, Error::NOT_FOUND},
        {v1::STREAM_EXISTS, Error::CONFLICT},
        {v1::STREAM_BAD_CONFIG, Error::INVALID_ARGUMENT},
        {v1::STREAM_OVERLAP, Error::CONFLICT},
        {v1::STREAM_LOSES_DATA, Error::LOSES_DATA},
        {v1::MESSAGE_NOT_FOUND, Error::NOT_FOUND},
        {v1::STREAM_DENIED, Error::DENIED},
        {v1::STREAM_DAMAGED, Error::DAMAGED},
        {v1::STORAGE_NOT_WRITABLE, Error::NOT_WRITABLE},
        {v1::STORAGE_BUSY, Error::UNRESPONSIVE},
        {v1::STREAM_BAD_REQUEST, Error::INVALID_ARGUMENT},
        {v1::STREAM_CONFIGURED, Error::CONFLICT},
        {v1::CONSUMER_NOT_FOUND, Error::NOT_FOUND},
    };
    EXPECT_EQ(std::ssize(rows), v1::StreamErrorCode_descriptor()->value_count() - 1)
        << "each code but STREAM_ERROR_UNSPECIFIED";
    for (const auto& [fault, code] : rows) {
        const v1::AdminError error = admin_error_of({.code = fault, .text = "why"});
        EXPECT_EQ(error.code(), code) << v1::StreamErrorCode_Name(fault);
        EXPECT_EQ(error.message(), "why");
    }
}

}  // namespace
}  // namespace telex::admin
