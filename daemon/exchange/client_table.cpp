#include "exchange/client_table.hpp"

namespace telex::exchange {

ClientId ClientTable::add(ClientRecord& client) {
    std::uint32_t index = 0;
    if (free_slots_.empty()) {
        index = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        index = free_slots_.back();
        free_slots_.pop_back();
    }
    Slot& slot = slots_[index];
    slot.client = &client;
    slot.generation = slot.generation % broker::kMaxGeneration + 1;
    ++size_;
    return {reactor_, index, slot.generation};
}

void ClientTable::remove(ClientId id) {
    slots_[id.slot].client = nullptr;
    free_slots_.push_back(id.slot);
    --size_;
}

}  // namespace telex::exchange
