#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace starmap::test {

/// 0 to n - 1.
template <class T>
std::vector<T> numbers(T n)
{
    std::vector<T> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), T{0});
    return all;
}

} // namespace starmap::test
