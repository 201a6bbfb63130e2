#pragma once

#include "scheduling/cost_model.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace starmap::scheduling {

/// What earlier runs have cost, by the name of the Starmap and by key.
class Lessons {
public:
    void add(std::string const& starmap, std::string const& key, Cost const& cost);

    /// Of all keys together; without units where nothing is known.
    Cost of(std::string_view starmap) const;
    /// Of one key; without units where nothing is known of it.
    Cost of(std::string_view starmap, std::string_view key) const;
    /// Names that something is known of.
    std::size_t starmaps() const noexcept { return starmaps_.size(); }

private:
    struct Known {
        Cost all;
        std::map<std::string, Cost, std::less<>> keys;
    };
    std::map<std::string, Known, std::less<>> starmaps_;
};

} // namespace starmap::scheduling
