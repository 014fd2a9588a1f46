package rates;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

final class EndToEnd {
  static void exchanges() throws Exception {
    URI address = URI.create(System.getenv("ENDPOINT").replaceAll("/+$", "") + "/rates/200?rate=1.5");
    var answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    Report.equal("200", String.valueOf(answer.statusCode()));
    if (!answer.body().contains("\"worth\":\"297.00\"")) throw new AssertionError("received " + answer.body());
  }
}
