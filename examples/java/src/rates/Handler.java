package rates;

import java.util.Map;

/** The function: Lambda makes the event a map, and JSON of the map that it gets, so no library is needed. */
public final class Handler {
  public Map<String, Object> handle(Map<String, Object> event) {
    String rate = part(event, "queryStringParameters").getOrDefault("rate", "1");
    try {
      String worth = Rates.exchanged(part(event, "pathParameters").getOrDefault("amount", ""), rate, System.getenv("FEE"));
      return Map.of("worth", worth, "release", System.getenv("RELEASE"));
    } catch (NumberFormatException error) {
      return Map.of("statusCode", 400, "body", "{\"message\":\"amount and rate must be numbers\"}");
    }
  }

  /** Texts of the event, by their names; of none where it has no such part. */
  @SuppressWarnings("unchecked")
  private static Map<String, String> part(Map<String, Object> event, String name) {
    Object found = event.get(name);
    return found == null ? Map.of() : (Map<String, String>) found;
  }
}
