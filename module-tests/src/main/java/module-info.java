/** A caller that lives on the module path and requires nothing but the adapter. */
module dev.dbop.moduletests {
    requires dev.dbop.jdbc;
}
