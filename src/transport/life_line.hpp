#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace starmap::transport {

/// A connection that carries nothing: the system closes it when the process at its other end dies,
/// however busy or stopped that is, and notices when the other node is out of reach (TCP's
/// keepalive, after half a minute).
///
/// How to reach who waits for such connections, as it is told to those who are to call. The words
/// keep out whoever else may call, or answer.
struct Invitation {
    struct Address {
        std::uint32_t family = 0;
        std::array<std::uint8_t, 16> bytes{};
    };
    static constexpr std::size_t most_addresses = 16;
    std::uint64_t word = 0;
    std::uint64_t answer = 0;
    std::uint16_t port = 0; ///< 0: nobody waits
    std::uint16_t count = 0;
    std::array<Address, most_addresses> addresses{};
};

/// Who waits for them.
class LifeLineHost {
public:
    /// Where no connections can be had, the invitation has no port.
    LifeLineHost();
    LifeLineHost(LifeLineHost const&) = delete;
    LifeLineHost& operator=(LifeLineHost const&) = delete;
    ~LifeLineHost();

    Invitation const& invitation() const noexcept { return invitation_; }
    /// Waits for so many callers, for at most so many seconds: the name that each gave itself, and
    /// its descriptor, which is the receiver's to close.
    std::vector<std::pair<std::uint32_t, int>> admit(std::size_t callers, double seconds) const;

private:
    Invitation invitation_;
    int listener_ = -1;
};

/// A connection to the one who has invited: a descriptor, or -1 if none of its addresses answers.
/// Takes a few seconds at most.
int call_life_line(Invitation const& invitation, std::uint32_t name);

} // namespace starmap::transport
