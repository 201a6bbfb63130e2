// expect: An item, argument or result cannot travel (its type, or one inside it, has no
// serialize())
#include <starmap/starmap.hpp>

#include <optional>
#include <string>
#include <vector>

struct Named {
    std::string name;
#ifdef CONTROL
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& name;
    }
#endif
};

std::optional<Named> find(int item);

void ask(starmap::Session& session, std::vector<int> const& items)
{
    session.map(starmap::fn<find>, items).collect();
}
