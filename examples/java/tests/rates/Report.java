package rates;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Report CLASS FILE: runs the tests of a class, which are its static methods, and writes JUnit XML; ends with 1 where one failed, or none ran. */
final class Report {
  static void equal(String expected, String received) {
    if (!expected.equals(received)) throw new AssertionError("expected " + expected + ", received " + received);
  }

  public static void main(String[] args) throws Exception {
    List<String> cases = new ArrayList<>();
    boolean failed = false;
    Method[] methods = Class.forName(args[0]).getDeclaredMethods();
    Arrays.sort(methods, Comparator.comparing(Method::getName));
    for (Method method : methods) {
      if (!Modifier.isStatic(method.getModifiers()) || method.isSynthetic() || method.getParameterCount() > 0) continue;
      String failure = "";
      try {
        method.invoke(null);
      } catch (InvocationTargetException error) {
        failed = true;
        failure = "<failure message=\"" + escaped(String.valueOf(error.getCause())) + "\"/>";
      }
      System.out.println((failure.isEmpty() ? "passed " : "failed ") + method.getName() + " " + failure);
      cases.add("<testcase classname=\"" + args[0] + "\" name=\"" + method.getName() + "\">" + failure + "</testcase>");
    }
    String suite = "<testsuite name=\"" + args[0] + "\" tests=\"" + cases.size() + "\">" + String.join("", cases) + "</testsuite>\n";
    Files.writeString(Path.of(args[1]), suite);
    System.exit(failed || cases.isEmpty() ? 1 : 0);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;").replaceAll("\\p{Cntrl}", " ");
  }
}
