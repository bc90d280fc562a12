// A message costs no allocation: counted by replacing the global operator new of this test program.
#include "protocols/syslog/message_encoder.hpp"
#include "protocols/syslog/message_fields.hpp"
#include "session/subject_template.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

namespace {

std::atomic<std::size_t> allocations{0};

// Not inlined: the compiler would see malloc behind a delete-expression and warn of a mismatch.
[[gnu::noinline]] void* counted_allocation(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

[[gnu::noinline]] void release(void* memory) {
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
    return counted_allocation(size);
}

void* operator new[](std::size_t size) {
    return counted_allocation(size);
}

void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return counted_allocation(size);
}

void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return counted_allocation(size);
}

void operator delete(void* memory) noexcept {
    release(memory);
}

void operator delete[](void* memory) noexcept {
    release(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
    release(memory);
}

void operator delete[](void* memory, std::size_t /*size*/) noexcept {
    release(memory);
}

void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
    release(memory);
}

void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept {
    release(memory);
}

namespace telex::session::syslog {
namespace {

TEST(SyslogAllocation, MessagesNeedNoneAfterTheFirst) {
    constexpr std::string_view kLines[] = {
        "<155>1 2026-11-29T18:33:00Z host.example app 77 M1 [a@1 b=\"c\"] the text of the message",
        "<13>Nov 29 18:33:00 host.example app[77]: the text of a message",
        "<189>36: router: *Nov 29 18:33:00 UTC: %SYS-5-CONFIG_I: the text of a message",
        "<13>1 - h\xF6st \xF6pp - - [a@1 b=\"\xFF\"] bytes that are not UTF-8",
        "not understood",
    };
    const auto pattern = SubjectTemplate::parse(
                             "log.{severity}.{facility}.{host}.{app}.{procid}.{msgid}.{peer}",
                             SubjectTemplate::Use::publish,
                             {},
                             subject_fields()
    )
                             .value()
                             .bind({"tcp", "192.0.2.7", "514", "syslog", "1"});
    MessageEncoder encoder;
    std::string subject;
    const auto publish_all = [&] {
        for (const std::string_view line : kLines) {
            const SyslogMessage message = parse_syslog(line);
            subject.clear();
            pattern.append(subject, subject_values(message));
            ASSERT_EQ(encoder.encode(subject, line, message).payload, line);
        }
    };
    publish_all();
    const std::size_t before = allocations;
    publish_all();
    EXPECT_EQ(allocations - before, 0U);
}

}  // namespace
}  // namespace telex::session::syslog
