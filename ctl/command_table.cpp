#include "ctl/command_table.hpp"

#include <iterator>

namespace masterkey2::ctl {

const std::vector<Command>& command_table() {
  static const std::vector<Command> table = [] {
    std::vector<Command> all;
    for (auto&& part :
         {storage_commands(), post_restore_commands(), tenant_commands(), tenant_key_commands(),
          signing_key_commands(), user_commands(), keyring_commands(), audit_commands(),
          config_commands(), plugin_commands(), ceremony_commands(), doctor_commands()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

}  // namespace masterkey2::ctl
