#pragma once

#include <functional>
#include <type_traits>
#include <utility>

namespace starmap {

/// A free function as a task: `session.map(starmap::fn<f>, items)`. An object of an empty type, so
/// that all ranks know the function by the type.
template <auto Function>
struct Fn {
    template <class... Args>
    requires std::is_invocable_v<decltype(Function), Args...>
    decltype(auto) operator()(Args&&... args) const
    {
        return std::invoke(Function, std::forward<Args>(args)...);
    }
};
template <auto Function>
inline constexpr Fn<Function> fn{};

} // namespace starmap
