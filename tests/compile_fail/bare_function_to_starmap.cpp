// expect: A task cannot be a bare function (its address means nothing on another rank). Write
// starmap::fn<your_function>.
#include <starmap/starmap.hpp>

int doubled(int x) { return 2 * x; }

int sum(starmap::Session& session)
{
#ifdef CONTROL
    auto tasks = session.starmap(starmap::fn<doubled>);
#else
    auto tasks = session.starmap(&doubled);
#endif
    tasks.submit(1);
    return tasks.reduce();
}
