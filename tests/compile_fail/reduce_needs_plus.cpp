// expect: The results cannot be added (their type has neither + nor +=). Use reduce(op), reduce(op,
// init), collect() or a range-for.
#include <starmap/starmap.hpp>

#include <vector>

struct Interval {
    int low = 0;
    int high = 0;
#ifdef CONTROL
    Interval& operator+=(Interval const& other)
    {
        high += other.high;
        return *this;
    }
#endif
};

Interval around(int x) { return {x - 1, x + 1}; }

Interval all(starmap::Session& session, std::vector<int> const& items)
{
    return session.map(starmap::fn<around>, items).reduce();
}
