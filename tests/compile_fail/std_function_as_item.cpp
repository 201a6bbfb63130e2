// expect: An item, argument or result cannot travel (its type, or one inside it, has no
// serialize())
#include <starmap/starmap.hpp>

#include <functional>
#include <tuple>
#include <vector>

#ifdef CONTROL
using Rule = int;
#else
using Rule = std::function<int(int)>;
#endif

int apply_rule(int item, Rule const& rule);

int sum(starmap::Session& session, std::vector<std::tuple<int, Rule>> const& rules)
{
    return session.starmap(starmap::fn<apply_rule>, rules).reduce();
}
