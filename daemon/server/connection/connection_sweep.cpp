#include "server/connection/connection_sweep.hpp"

#include <utility>

namespace telex::server {

ConnectionSweep::ConnectionSweep(
    const ConnectionTable& table, reactor::WorkMeter& work, Visit visit
)
    : table_(&table), work_(&work), visit_(std::move(visit)) {}

bool ConnectionSweep::run() {
    while (!work_->slice_is_over()) {
        Connection* connection = again_ ? table_->find(place_) : nullptr;
        if (connection == nullptr) {
            connection = table_->next(place_);
        }
        if (connection == nullptr) {
            return true;
        }
        work_->add(reactor::work::kVisit);
        again_ = !visit_(*connection);
    }
    return false;
}

}  // namespace telex::server
