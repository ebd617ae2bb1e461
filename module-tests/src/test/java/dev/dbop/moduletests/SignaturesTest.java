package dev.dbop.moduletests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller that requires one module must be able to name every type in its public signatures. */
class SignaturesTest {

    @ParameterizedTest
    @ValueSource(strings = {Modules.CORE, Modules.JDBC, Modules.JOOQ, Modules.HIBERNATE})
    void callerCanNameEveryTypeOfThePublicSignatures(String name) throws Exception {
        ModuleLayer layer = layerOf(name);
        Module module = layer.findModule(name).orElseThrow();
        List<Class<?>> published = publishedTypes(layer, module);
        Set<String> hidden = new TreeSet<>();
        for (Class<?> type : published) {
            signatureTypes(type)
                    .filter(used -> !nameable(module, used))
                    .forEach(used -> hidden.add(type.getName() + " mentions " + used.getName()));
        }
        assertThat(published).isNotEmpty();
        assertThat(hidden).isEmpty();
    }

    private static ModuleLayer layerOf(String name) {
        Configuration parent = ModuleLayer.boot().configuration();
        Configuration configuration = parent.resolve(Modules.all(), ModuleFinder.of(), Set.of(name));
        return ModuleLayer.boot().defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());
    }

    private static boolean nameable(Module module, Class<?> used) {
        Module owner = used.getModule();
        return owner.isExported(used.getPackageName())
                && (owner.equals(module)
                        || owner.getName().equals("java.base")
                        || impliedBy(module).contains(owner));
    }

    /** What {@code requires transitive} hands on, through any number of modules: java.logging comes with java.sql. */
    private static Set<Module> impliedBy(Module module) {
        Set<Module> implied = new HashSet<>();
        Deque<Module> left = new ArrayDeque<>(List.of(module));
        while (!left.isEmpty()) {
            Module next = left.pop();
            next.getDescriptor().requires().stream()
                    .filter(SignaturesTest::isTransitive)
                    .flatMap(required -> module.getLayer().findModule(required.name()).stream())
                    .filter(implied::add)
                    .forEach(left::push);
        }
        return implied;
    }

    // by name: JDK 17 takes the descriptors of its own modules from an archive, with other enum objects (JDK-8275731)
    private static boolean isTransitive(Requires required) {
        return required.modifiers().stream().map(Enum::name).anyMatch(Modifier.TRANSITIVE.name()::equals);
    }

    private static List<Class<?>> publishedTypes(ModuleLayer layer, Module module)
            throws IOException, ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        for (String name : classNames(layer, module)) {
            if (name.startsWith("dev.dbop.observe.")) {
                // Its libraries are optional: who uses a type of it requires the library.
                continue;
            }
            Class<?> type = Class.forName(name, false, module.getClassLoader());
            if (java.lang.reflect.Modifier.isPublic(type.getModifiers()) && isExported(module, type)) {
                types.add(type);
            }
        }
        return types;
    }

    private static boolean isExported(Module module, Class<?> type) {
        return module.getDescriptor().exports().stream().map(Exports::source).anyMatch(type.getPackageName()::equals);
    }

    private static List<String> classNames(ModuleLayer layer, Module module) throws IOException {
        try (ModuleReader reader = layer.configuration()
                        .findModule(module.getName())
                        .orElseThrow()
                        .reference()
                        .open();
                Stream<String> files = reader.list()) {
            return files.filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }

    private static Stream<Class<?>> signatureTypes(Class<?> type) {
        List<Class<?>> used = new ArrayList<>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null
                && java.lang.reflect.Modifier.isPublic(type.getSuperclass().getModifiers())) {
            used.add(type.getSuperclass());
        }
        for (Field field : type.getFields()) {
            used.add(field.getType());
        }
        for (Method method : type.getMethods()) {
            used.add(method.getReturnType());
            addParametersAndExceptions(method, used);
        }
        for (Constructor<?> constructor : type.getConstructors()) {
            addParametersAndExceptions(constructor, used);
        }
        return used.stream().map(SignaturesTest::elementType).filter(used1 -> !used1.isPrimitive());
    }

    private static void addParametersAndExceptions(Executable executable, List<Class<?>> used) {
        used.addAll(List.of(executable.getParameterTypes()));
        used.addAll(List.of(executable.getExceptionTypes()));
    }

    private static Class<?> elementType(Class<?> type) {
        return type.isArray() ? elementType(type.getComponentType()) : type;
    }
}
