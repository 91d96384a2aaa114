using System.Net;
using System.Text.Json;

namespace Reflux.Silo.Tests.Support;

/// <summary>An error answer, checked to be a complete problem.</summary>
internal sealed record Problem(HttpStatusCode Status, string Code, string Detail, string Remedy, string Body, TimeSpan? RetryAfter)
{
    public static async Task<Problem> OfAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            Assert.False(response.IsSuccessStatusCode, body);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var code = root.GetProperty("code").GetString()!;
            Assert.Equal($"urn:reflux:{code}", root.GetProperty("type").GetString());
            Assert.Equal((int)response.StatusCode, root.GetProperty("status").GetInt32());
            var detail = root.GetProperty("detail").GetString()!;
            var remedy = root.GetProperty("remedy").GetString()!;
            Assert.NotEmpty(detail);
            Assert.NotEmpty(remedy);
            return new Problem(response.StatusCode, code, detail, remedy, body, response.Headers.RetryAfter?.Delta);
        }
    }

    public static async Task<Problem> OfAsync(Task<HttpResponseMessage> response) => await OfAsync(await response);
}
