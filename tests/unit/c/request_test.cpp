#include "unit/c/support.hpp"

#include <string>

namespace telex::test {
namespace {

using ::testing::ElementsAre;

void answer(FakePeer& peer, const std::string& payload) {
    v1::Frame reply;
    reply.set_request(peer.read().request());
    reply.mutable_message()->set_payload(payload);
    peer.send(reply);
}

void add_reply(void* context, const telex_message* reply, const telex_error* error) {
    static_cast<Collected<std::string>*>(context)->add(
        reply != nullptr ? payload_of(reply) : telex_code_name(error->code)
    );
}

TEST(CRequest, ReturnsTheReply) {
    CPair pair;
    auto asking = meanwhile([&] {
        telex_message* reply = nullptr;
        EXPECT_EQ(telex_request(pair.get(), "svc", "q", 1, nullptr, -1, &reply), TELEX_OK);
        return COwner<telex_message>(reply);
    });
    answer(pair.peer, "a");
    EXPECT_EQ(payload_of(asking.get().get()), "a");
}

TEST(CRequest, ReturnsErrors) {
    CPair pair;
    auto asking = meanwhile([&] {
        telex_message* reply = nullptr;
        const int code = telex_request(pair.get(), "svc", "", 0, nullptr, 10'000, &reply);
        EXPECT_EQ(reply, nullptr);
        return code;
    });
    v1::Frame error;
    const v1::Frame request = pair.peer.read();
    EXPECT_EQ(request.timeout_ms(), 10'000U);
    error.set_request(request.request());
    error.mutable_error()->set_code(v1::NO_RESPONDERS);
    pair.peer.send(error);
    EXPECT_EQ(asking.get(), TELEX_NO_RESPONDERS);
    telex_message* reply = nullptr;
    EXPECT_EQ(telex_request(pair.get(), "svc", "", 0, nullptr, 0, &reply), TELEX_INVALID_ARGUMENT);
}

TEST(CRequest, SendsFieldsButNoReplySubject) {
    Collected<std::string> replies;
    CPair pair;
    const COwner<telex_fields> fields(telex_fields_new());
    EXPECT_EQ(telex_fields_add_header(fields.get(), "n", "v"), TELEX_OK);
    EXPECT_EQ(telex_fields_set(fields.get(), TELEX_ID, "7"), TELEX_OK);
    EXPECT_EQ(
        telex_request_async(pair.get(), "svc", "", 0, fields.get(), -1, add_reply, &replies),
        TELEX_OK
    );
    const v1::Message sent = pair.peer.read().message();
    EXPECT_EQ(sent.id(), "7");
    EXPECT_EQ(sent.headers_size(), 1);
    EXPECT_EQ(telex_fields_set(fields.get(), TELEX_REPLY_TO, "inbox"), TELEX_OK);
    EXPECT_EQ(
        telex_request_async(pair.get(), "svc", "", 0, fields.get(), -1, add_reply, &replies),
        TELEX_INVALID_ARGUMENT
    );
}

TEST(CRequestAsync, CallsTheHandlerOnce) {
    Collected<std::string> replies;
    {
        CPair pair;
        for (int request = 0; request < 2; ++request) {
            EXPECT_EQ(
                telex_request_async(pair.get(), "svc", "", 0, nullptr, -1, add_reply, &replies),
                TELEX_OK
            );
        }
        answer(pair.peer, "a");
        EXPECT_THAT(replies.wait(1), ElementsAre("a"));
        pair.peer.close();
        EXPECT_THAT(replies.wait(2), ElementsAre("a", "disconnected"));
    }
    EXPECT_EQ(replies.wait(2).size(), 2U);
}

}  // namespace
}  // namespace telex::test
