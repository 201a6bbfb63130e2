// expect: reduce(op) needs op(R, R) -> R, R being the tasks' result.
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

std::string show(int x) { return std::to_string(x); }

std::string all(starmap::Session& session, std::vector<int> const& items)
{
#ifdef CONTROL
    auto const op = [](std::string const& a, std::string const& b) { return a + b; };
#else
    auto const op = [](int a, int b) { return a + b; };
#endif
    return session.map(starmap::fn<show>, items).reduce(op);
}
