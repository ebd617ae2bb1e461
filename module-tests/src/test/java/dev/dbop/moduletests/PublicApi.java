package dev.dbop.moduletests;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the public part of a type as lines of text, nullness included. */
final class PublicApi {
    private static final Set<String> IMPLIED =
            Set.of("equals(Object)", "hashCode()", "toString()", "values()", "valueOf(String)");
    private static final int VISIBLE = Modifier.PUBLIC | Modifier.PROTECTED;

    private PublicApi() {}

    /** A line for the type, and one, indented, for each of its own public members, sorted; enum constants in order. */
    static List<String> lines(Class<?> type) {
        List<String> lines = new ArrayList<>();
        lines.add(type.getPackageName() + ": " + header(type));
        if (type.isEnum()) {
            lines.add("    "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> ((Enum<?>) constant).name())
                            .collect(Collectors.joining(", ")));
        }
        Stream.of(fields(type), constructors(type), methods(type))
                .flatMap(members -> members.sorted().map(member -> "    " + member))
                .forEach(lines::add);
        return lines;
    }

    private static String header(Class<?> type) {
        String words = Stream.of(
                        type.isSealed() ? "sealed" : "",
                        Modifier.isAbstract(type.getModifiers()) && !type.isInterface() ? "abstract" : "",
                        Modifier.isFinal(type.getModifiers()) && !type.isRecord() && !type.isEnum() ? "final" : "",
                        kind(type))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
        return words + " " + name(type) + parameters(type.getTypeParameters()) + parents(type);
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        if (type.isInterface()) {
            return "interface";
        }
        return type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
    }

    private static String parents(Class<?> type) {
        Stream<AnnotatedType> parents = Arrays.stream(type.getAnnotatedInterfaces());
        Class<?> superclass = type.getSuperclass();
        boolean own = superclass != null && superclass != Object.class && !type.isRecord() && !type.isEnum();
        if (own) {
            parents = Stream.concat(Stream.of(type.getAnnotatedSuperclass()), parents);
        }
        String text = parents.map(PublicApi::text).collect(Collectors.joining(", "));
        return text.isEmpty() ? "" : " : " + text;
    }

    private static Stream<String> fields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> (field.getModifiers() & VISIBLE) != 0 && !field.isEnumConstant())
                .map(field -> modifiers(field.getModifiers()) + text(field.getAnnotatedType()) + " " + field.getName()
                        + constant(field));
    }

    /** The value of a constant that is text, a number or a time: another object's may differ in each run. */
    private static String constant(Field field) {
        int modifiers = field.getModifiers();
        if (!Modifier.isStatic(modifiers) || !Modifier.isFinal(modifiers) || !isPlain(field.getType())) {
            return "";
        }
        try {
            return " = " + field.get(null);
        } catch (IllegalAccessException hidden) {
            throw new AssertionError(hidden);
        }
    }

    private static boolean isPlain(Class<?> type) {
        return type.isPrimitive() || type == String.class || type == Duration.class;
    }

    private static Stream<String> constructors(Class<?> type) {
        return Arrays.stream(type.getDeclaredConstructors())
                .filter(PublicApi::isVisible)
                .map(constructor -> modifiers(constructor.getModifiers())
                        + name(type)
                        + arguments(constructor)
                        + exceptions(constructor));
    }

    private static Stream<String> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(PublicApi::isVisible)
                .filter(method -> !IMPLIED.contains(method.getName() + arguments(method)))
                .map(PublicApi::text);
    }

    private static boolean isVisible(Executable member) {
        return (member.getModifiers() & VISIBLE) != 0 && !member.isSynthetic();
    }

    private static String text(Method method) {
        String generics = parameters(method.getTypeParameters());
        return (method.isDefault() ? "default " : modifiers(method.getModifiers()))
                + (generics.isEmpty() ? "" : generics + " ")
                + text(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + arguments(method)
                + exceptions(method);
    }

    private static String modifiers(int modifiers) {
        return (Modifier.isProtected(modifiers) ? "protected " : "") + (Modifier.isStatic(modifiers) ? "static " : "");
    }

    private static String arguments(Executable member) {
        String all = Arrays.stream(member.getAnnotatedParameterTypes())
                .map(PublicApi::text)
                .collect(Collectors.joining(", "));
        return "(" + (member.isVarArgs() ? all.substring(0, all.length() - 2) + "..." : all) + ")";
    }

    private static String exceptions(Executable member) {
        String all = Arrays.stream(member.getAnnotatedExceptionTypes())
                .map(PublicApi::text)
                .collect(Collectors.joining(", "));
        return all.isEmpty() ? "" : " throws " + all;
    }

    private static String parameters(TypeVariable<?>[] variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables).map(PublicApi::text).collect(Collectors.joining(", ", "<", ">"));
    }

    private static String text(TypeVariable<?> variable) {
        String bounds = Arrays.stream(variable.getAnnotatedBounds())
                .map(PublicApi::text)
                .filter(bound -> !bound.equals("Object"))
                .collect(Collectors.joining(" & "));
        return variable.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
    }

    private static String text(AnnotatedType type) {
        String nullable = type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
        if (type instanceof AnnotatedArrayType array) {
            return text(array.getAnnotatedGenericComponentType()) + (nullable.isEmpty() ? "" : " @Nullable ") + "[]";
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            return text(wildcard);
        }
        if (type instanceof AnnotatedParameterizedType generic) {
            Type raw = ((ParameterizedType) generic.getType()).getRawType();
            return nullable
                    + name((Class<?>) raw)
                    + Arrays.stream(generic.getAnnotatedActualTypeArguments())
                            .map(PublicApi::text)
                            .collect(Collectors.joining(", ", "<", ">"));
        }
        return nullable
                + (type.getType() instanceof Class<?> plain
                        ? name(plain)
                        : type.getType().getTypeName());
    }

    private static String text(AnnotatedWildcardType wildcard) {
        for (AnnotatedType lower : wildcard.getAnnotatedLowerBounds()) {
            return "? super " + text(lower);
        }
        String upper = Arrays.stream(wildcard.getAnnotatedUpperBounds())
                .map(PublicApi::text)
                .filter(bound -> !bound.equals("Object"))
                .collect(Collectors.joining(" & "));
        return upper.isEmpty() ? "?" : "? extends " + upper;
    }

    /** The name without package, with its enclosing types. */
    private static String name(Class<?> type) {
        Class<?> enclosing = type.getEnclosingClass();
        return (enclosing == null ? "" : name(enclosing) + ".") + type.getSimpleName();
    }
}
