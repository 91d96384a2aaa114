using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;

namespace Reflux.Client.Tests;

public sealed class RefluxClientTests : IDisposable
{
    private readonly FakeGateway _gateway = new();

    [Fact]
    public async Task An_explained_error_keeps_its_code_message_and_remedy()
    {
        _gateway.Intercept = _ => Answer(HttpStatusCode.NotFound, """{"type":"urn:reflux:lane-not-found","title":"t","detail":"there is no lane 'x'","code":"lane-not-found","remedy":"create it"}""");

        var error = await Assert.ThrowsAsync<RefluxApiException>(() => _gateway.Client.SendPromptsAsync("x", [new PromptInput("hello")]));

        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.LaneNotFound, "there is no lane 'x'", "create it"), (error.Status, error.Code, error.Message, error.Remedy));
    }

    [Fact]
    public async Task Back_pressure_says_how_long_to_wait()
    {
        _gateway.Intercept = _ =>
        {
            var answer = Answer(HttpStatusCode.TooManyRequests, """{"code":"back-pressure","detail":"busy","remedy":"later"}""");
            answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(2));
            return answer;
        };

        var error = await Assert.ThrowsAsync<RefluxApiException>(() => _gateway.Client.SendPromptsAsync("x", [new PromptInput("hello")]));

        Assert.Equal(TimeSpan.FromSeconds(2), error.RetryAfter);
    }

    [Theory]
    [InlineData("<html>bad gateway</html>")]
    [InlineData("")]
    [InlineData("[]")]
    public async Task An_answer_that_is_no_problem_document_still_is_a_typed_error(string body)
    {
        _gateway.Intercept = _ => Answer(HttpStatusCode.BadGateway, body);

        var error = await Assert.ThrowsAsync<RefluxApiException>(() => _gateway.Client.InfoAsync());

        Assert.Equal(HttpStatusCode.BadGateway, error.Status);
    }

    [Theory]
    [InlineData("<html>welcome</html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"hello\":1}")]
    public async Task A_success_that_is_no_gateways_answer_is_a_typed_error(string body)
    {
        _gateway.Intercept = _ => Answer(HttpStatusCode.OK, body);

        foreach (var call in new Func<Task>[] { () => _gateway.Client.InfoAsync(), () => _gateway.Client.SendPromptsAsync("x", [new PromptInput("hello")]), () => _gateway.Client.PauseAsync("x") })
        {
            var error = await Assert.ThrowsAsync<RefluxApiException>(call);
            Assert.Contains("not Reflux's", error.Message, StringComparison.Ordinal);
            Assert.Contains("gateway", error.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_newer_snapshot_is_null()
    {
        _gateway.Intercept = request =>
        {
            Assert.Equal("?newerThan=3&wait=1.5", request.RequestUri!.Query);
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        };

        Assert.Null(await _gateway.Client.LatestSnapshotAsync("small", 3, TimeSpan.FromSeconds(1.5)));
    }

    [Fact]
    public async Task Numbers_in_addresses_do_not_follow_the_users_culture()
    {
        // de-DE, put together by hand: with InvariantGlobalization there are no other cultures
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        string? query = null;
        _gateway.Intercept = request =>
        {
            query = request.RequestUri!.Query;
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        };
        try
        {
            CultureInfo.CurrentCulture = german;
            await _gateway.Client.LatestSnapshotAsync("small", 3, TimeSpan.FromSeconds(1.5));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal("?newerThan=3&wait=1.5", query);
    }

    [Fact]
    public async Task Names_are_escaped_in_paths()
    {
        _gateway.Intercept = _ => Answer(HttpStatusCode.NotFound, "{}");

        await Assert.ThrowsAsync<RefluxApiException>(() => _gateway.Client.StudentAsync("a/../b"));

        Assert.Equal(["/v1/students/a%2F..%2Fb"], _gateway.Requests);
    }

    public void Dispose() => _gateway.Dispose();

    private static HttpResponseMessage Answer(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body) };
}
