// expect: A task cannot be a lambda with captures (what it captures cannot be sent to other ranks).
// Pass the values by starmap::shared(...)
#include <starmap/starmap.hpp>

#include <vector>

int tripled(starmap::Session& session, std::vector<int> const& items)
{
    int const factor = 3;
#ifdef CONTROL
    return session.map([](int x, int by) { return x * by; }, items, starmap::shared(factor))
        .reduce();
#else
    return session.map([&factor](int x) { return x * factor; }, items).reduce();
#endif
}
