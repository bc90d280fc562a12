#pragma once
// What the query of an HTTP request asks for or orders, in the words of $SYS.admin.
//
// Nothing is passed over: a parameter that a page does not know, that is given twice or that has
// none of its values is a BadParameter, so that nobody takes a list for another than it is.
#include "http/message.hpp"
#include "telex/v1/admin.pb.h"

#include <string>

namespace telex::admin {

struct BadParameter {
    std::string text;  // what is wrong, and what is allowed
};

v1::ListConnections connections_query(const http::Request& request);
v1::ListSubscriptions subscriptions_query(const http::Request& request);
v1::ListSubjects subjects_query(const http::Request& request);
v1::Kick kick_order(const http::Request& request);
v1::SetLogLevel log_level_order(const http::Request& request);
v1::Reload reload_order(const http::Request& request);
// Of pages that there is only one of.
void expect_no_query(const http::Request& request);

}  // namespace telex::admin
