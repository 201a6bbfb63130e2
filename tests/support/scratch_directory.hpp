#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace starmap::test {

/// A new empty directory, gone with the object.
class ScratchDirectory {
public:
    ScratchDirectory()
    {
        auto name = (std::filesystem::temp_directory_path() / "starmap-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
        path_ = name;
    }
    ~ScratchDirectory() { std::filesystem::remove_all(path_); }
    ScratchDirectory(ScratchDirectory const&) = delete;
    ScratchDirectory& operator=(ScratchDirectory const&) = delete;

    std::filesystem::path operator/(std::string const& name) const { return path_ / name; }

    /// Makes a file of that content, and the directories on its way.
    std::filesystem::path with_file(std::string const& name, std::string const& content) const
    {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << content;
        return path_ / name;
    }

    std::size_t entries() const
    {
        std::size_t count = 0;
        for (auto const& entry : std::filesystem::directory_iterator(path_)) {
            (void)entry;
            ++count;
        }
        return count;
    }

private:
    std::filesystem::path path_;
};

} // namespace starmap::test
