// expect: A task cannot be a bare function (its address means nothing on another rank). Write
// starmap::fn<your_function>.
#include <starmap/starmap.hpp>

#include <vector>

int doubled(int x) { return 2 * x; }

int sum(starmap::Session& session, std::vector<int> const& items)
{
#ifdef CONTROL
    return session.map(starmap::fn<doubled>, items).reduce();
#else
    return session.map(doubled, items).reduce();
#endif
}
