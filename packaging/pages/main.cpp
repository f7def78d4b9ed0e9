// Writes one of the installed pages to stdout; a tool of the build.
//
//     masterkey2_pages masterkey2ctl.8 | masterkey2ctl.bash | masterkey2.yaml.5 CONFIGURATION
#include <sysexits.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "ctl/command_table.hpp"
#include "pages/command_pages.hpp"
#include "pages/config_page.hpp"

int main(int argc, char** argv) {
  using namespace masterkey2;  // NOLINT(google-build-using-namespace): a program
  const std::string page = argc > 1 ? argv[1] : "";
  if (page == "masterkey2ctl.8") {
    std::cout << pages::command_page(ctl::command_table());
  } else if (page == "masterkey2ctl.bash") {
    std::cout << pages::bash_completion(ctl::command_table());
  } else if (page == "masterkey2.yaml.5" && argc > 2) {
    const std::ifstream file(argv[2]);
    std::stringstream text;
    if (!file || !(text << file.rdbuf())) {
      std::cerr << argv[2] << " cannot be read\n";
      return EX_NOINPUT;
    }
    std::cout << pages::config_page(text.str());
  } else {
    std::cerr << "there is no such page\n";
    return EX_USAGE;
  }
  return std::cout.flush() ? EX_OK : EX_IOERR;
}
