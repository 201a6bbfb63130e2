#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

namespace fuzz {

/// A folder in memory for the files of one fuzzer, gone with its process.
class Scratch {
public:
    Scratch()
    {
        std::string name = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
        name += "/starmap_fuzz_XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        folder_ = name;
    }
    Scratch(Scratch const&) = delete;
    Scratch& operator=(Scratch const&) = delete;
    ~Scratch()
    {
        std::error_code error;
        std::filesystem::remove_all(folder_, error);
    }
    /// The path of a file that is not there yet.
    std::string fresh(std::string const& name) const
    {
        for (auto const& entry : std::filesystem::directory_iterator(folder_))
            std::filesystem::remove(entry.path());
        return folder_ / name;
    }

private:
    std::filesystem::path folder_;
};

} // namespace fuzz
