#pragma once
// The clients of one reactor by their ids. Slots are reused under a new generation, so that an id
// of a client that has left finds nothing.
//
// Owner and thread: one shard.
#include "exchange/client_record.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace telex::exchange {

class ClientTable {
public:
    explicit ClientTable(std::uint16_t reactor) : reactor_(reactor) {}

    // Returns the id of the new client.
    ClientId add(ClientRecord& client);
    void remove(ClientId id);

    // Returns null if the client has left.
    ClientRecord* find(ClientId id) const {
        if (id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) {
            return nullptr;
        }
        return slots_[id.slot].client;
    }

    // All clients have a slot below this number, which may grow.
    std::size_t slots() const { return slots_.size(); }

    // Returns null if the slot is free.
    const ClientRecord* at(std::size_t slot) const { return slots_[slot].client; }

    // Calls function(record) for each client.
    template <class Function>
    void for_each(Function function) const {
        for (const Slot& slot : slots_) {
            if (slot.client != nullptr) {
                function(*slot.client);
            }
        }
    }

    std::size_t size() const { return size_; }

private:
    struct Slot {
        ClientRecord* client = nullptr;
        std::uint32_t generation = 0;
    };

    std::uint16_t reactor_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::size_t size_ = 0;
};

}  // namespace telex::exchange
