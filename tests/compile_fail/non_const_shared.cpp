// expect: The task cannot be called with its input
#include <starmap/starmap.hpp>

#include <vector>

#ifdef CONTROL
int count_up(int item, std::vector<int> const& table);
#else
int count_up(int item, std::vector<int>& table);
#endif

int sum(starmap::Session& session, std::vector<int> const& items)
{
    return session.map(starmap::fn<count_up>, items, starmap::shared(items)).reduce();
}
