/** A caller on the module path, and tests of what the jars show to it. */
package dev.dbop.moduletests;
