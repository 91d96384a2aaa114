using System.Net;
using Reflux.Contracts.Errors;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests.Http;

/// <summary>A web page in a browser on the same machine reaches loopback too; it must not reach the API.</summary>
public sealed class SameMachineTests(TestSilo silo) : IClassFixture<TestSilo>
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8420")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.168.1.7")]
    public async Task Another_machines_name_is_refused(string host)
    {
        foreach (var path in new[] { "/v1/lanes", "/health/live" })
        {
            var problem = await Problem.OfAsync(SendAsync(HttpMethod.Get, path, host));
            Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.ForeignHost), (problem.Status, problem.Code));
            Assert.Contains("Http:AllowAnonymous", problem.Remedy);
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3:99")]
    [InlineData("[::1]:8420")]
    public async Task This_machines_names_are_served(string host)
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/lanes", host);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/students/small/pause")]
    [InlineData("POST", "/v1/lanes")]
    [InlineData("DELETE", "/v1/lanes/support")]
    public async Task A_page_of_another_origin_changes_nothing(string method, string path)
    {
        foreach (var origin in new[] { "https://evil.example", "null", "http://127.0.0.1:1", "http://localhost" })
        {
            var problem = await Problem.OfAsync(SendAsync(new HttpMethod(method), path, host: null, origin));
            Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.ForeignOrigin), (problem.Status, problem.Code));
        }
    }

    [Fact]
    public async Task The_gateways_own_origin_and_reading_are_served()
    {
        var own = silo.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        Assert.Equal(ErrorCodes.StudentNotFound, (await Problem.OfAsync(SendAsync(HttpMethod.Post, "/v1/students/nobody/pause", host: null, own))).Code);
        using var read = await SendAsync(HttpMethod.Get, "/v1/lanes", host: null, "https://evil.example");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.False(read.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task With_consent_other_names_and_origins_are_served()
    {
        await using var app = await SiloHost.StartAsync(
            ["--data", silo.File("open"), "--urls", "http://127.0.0.1:0", "--roles", "gateway", "--Http:AllowAnonymous=true"], silo.Broker);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/students/nobody/pause") { Headers = { Host = "reflux.intern" } };
        request.Headers.Add("Origin", "https://dashboard.intern");
        Assert.Equal(ErrorCodes.StudentNotFound, (await Problem.OfAsync(http.SendAsync(request))).Code);
        await app.StopAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? host, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Host = host } };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await silo.Http.SendAsync(request);
    }
}
