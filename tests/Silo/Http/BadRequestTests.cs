using System.Net;
using System.Text;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Silo.Ingestion;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests.Http;

/// <summary>Every bad request is answered with a problem that says what, where and what to do, and nothing of what was sent beyond names.</summary>
public sealed class BadRequestTests(TestSilo silo) : IClassFixture<TestSilo>
{
    [Theory]
    [InlineData("{\n  \"name\": \"x\",\n  oops\n}", ErrorCodes.MalformedJson, "line 3")]
    [InlineData("{\"name\":\"x\"", ErrorCodes.MalformedJson, "line 1")]
    [InlineData("", ErrorCodes.MalformedJson, "empty")]
    [InlineData("null", ErrorCodes.InvalidRequest, "null")]
    [InlineData("[]", ErrorCodes.InvalidRequest, "wrong type")]
    [InlineData("{}", ErrorCodes.InvalidRequest, "'name'")]
    [InlineData("{\"name\":\"x\",\n\"colour\":1}", ErrorCodes.InvalidRequest, "$.colour is unknown (line 2)")]
    [InlineData("{\"name\":null}", ErrorCodes.InvalidRequest, "$.name")]
    [InlineData("{\"name\":7}", ErrorCodes.InvalidRequest, "$.name")]
    [InlineData("{\"name\":\"x\",\"draws\":\"many\"}", ErrorCodes.InvalidRequest, "$.draws")]
    [InlineData("{\"name\":\"x\",\"draws\":0}", ErrorCodes.InvalidRequest, "draws")]
    [InlineData("{\"name\":\"x\",\"name\":\"y\"}", ErrorCodes.InvalidRequest, "name")]
    [InlineData("{\"name\":\"Not A Name\"}", ErrorCodes.InvalidName, "Not A Name")]
    [InlineData("{\"name\":\"\\ud800\"}", ErrorCodes.InvalidEncoding, "surrogate")]
    public async Task A_wrong_lane_is_refused(string body, string code, string detail)
    {
        var problem = await Problem.OfAsync(silo.PostAsync("/v1/lanes", body));
        Assert.Equal((HttpStatusCode.BadRequest, code), (problem.Status, problem.Code));
        Assert.Contains(detail, problem.Detail);
    }

    [Fact]
    public async Task A_body_that_is_not_utf8_is_refused_at_its_byte()
    {
        var problem = await Problem.OfAsync(silo.PostAsync("/v1/lanes", [.. "{\"name\":\"a"u8, 0xE9, .. "\"}"u8]));
        Assert.Equal(ErrorCodes.InvalidEncoding, problem.Code);
        Assert.Contains("byte 10 ", problem.Detail);
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        var problem = await Problem.OfAsync(silo.PostAsync("/v1/lanes", "{}"u8.ToArray(), "text/plain"));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, ErrorCodes.UnsupportedMediaType), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task A_body_of_50_MB_is_refused_before_it_is_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/lanes") { Content = new ByteArrayContent(new byte[50 << 20]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.ExpectContinue = true;

        // by itself the client waits a second for the answer and then begins to send
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(60) }) { BaseAddress = silo.Http.BaseAddress };
        var problem = await Problem.OfAsync(patient.SendAsync(request));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, ErrorCodes.BodyTooLarge), (problem.Status, problem.Code));
        Assert.Contains("8388608", problem.Detail);
        Assert.Contains("Http:MaxBodyBytes", problem.Remedy);
    }

    [Theory]
    [InlineData("GET", "/v2/lanes", HttpStatusCode.NotFound, ErrorCodes.UnknownApiVersion)]
    [InlineData("POST", "/v17", HttpStatusCode.NotFound, ErrorCodes.UnknownApiVersion)]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound, ErrorCodes.NotFound)]
    [InlineData("GET", "/", HttpStatusCode.NotFound, ErrorCodes.NotFound)]
    [InlineData("PUT", "/v1/lanes", HttpStatusCode.MethodNotAllowed, ErrorCodes.MethodNotAllowed)]
    [InlineData("GET", "/v1/lanes/nobody", HttpStatusCode.NotFound, ErrorCodes.LaneNotFound)]
    [InlineData("DELETE", "/v1/lanes/nobody", HttpStatusCode.NotFound, ErrorCodes.LaneNotFound)]
    [InlineData("GET", "/v1/lanes/No%20Name", HttpStatusCode.BadRequest, ErrorCodes.InvalidName)]
    [InlineData("GET", "/v1/teachers/nobody", HttpStatusCode.NotFound, ErrorCodes.TeacherNotFound)]
    [InlineData("GET", "/v1/students/nobody", HttpStatusCode.NotFound, ErrorCodes.StudentNotFound)]
    [InlineData("POST", "/v1/students/nobody/pause", HttpStatusCode.NotFound, ErrorCodes.StudentNotFound)]
    [InlineData("GET", "/v1/students/nobody/accounting", HttpStatusCode.NotFound, ErrorCodes.StudentNotFound)]
    [InlineData("GET", "/v1/students/nobody/snapshots", HttpStatusCode.NotFound, ErrorCodes.StudentNotFound)]
    [InlineData("GET", "/v1/students/nobody/snapshots/latest", HttpStatusCode.NotFound, ErrorCodes.StudentNotFound)]
    [InlineData("GET", "/v1/manifests/zz", HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest)]
    public async Task What_is_not_there_is_said_so(string method, string path, HttpStatusCode status, string code)
    {
        var problem = await Problem.OfAsync(silo.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)));
        Assert.Equal((status, code), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task A_manifest_that_the_store_lacks_is_said_so()
    {
        var problem = await Problem.OfAsync(silo.Http.GetAsync($"/v1/manifests/{new string('a', 64)}"));
        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.SnapshotNotFound), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task Prompts_to_an_unknown_lane_are_refused()
    {
        var problem = await Problem.OfAsync(silo.PostAsync("/v1/lanes/nobody/prompts", "{\"prompts\":[{\"text\":\"hello\"}]}"));
        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.LaneNotFound), (problem.Status, problem.Code));
        Assert.Contains("nobody", problem.Detail);
    }

    [Fact]
    public async Task Wrong_prompts_are_refused_by_their_place()
    {
        await silo.NewLaneAsync("wrong-prompts");
        var path = "/v1/lanes/wrong-prompts/prompts";
        Assert.Equal(ErrorCodes.EmptyBatch, (await Problem.OfAsync(silo.PostAsync(path, "{\"prompts\":[]}"))).Code);
        await Refused("{\"prompts\":[{\"text\":\"a\"},{\"text\":\"\"}]}", ErrorCodes.InvalidRequest, "prompts[1]");
        await Refused("{\"prompts\":[null]}", ErrorCodes.InvalidRequest, "prompts[0]");
        await Refused("{\"prompts\":[{}]}", ErrorCodes.InvalidRequest, "text");
        await Refused("{\"prompts\":null}", ErrorCodes.InvalidRequest, "prompts");
        await Refused("{\"prompts\":[{\"text\":\"a\",\"key\":\"\"}]}", ErrorCodes.InvalidRequest, "prompts[0].key");
        await Refused($"{{\"prompts\":[{{\"text\":\"a\",\"key\":\"{new string('k', 201)}\"}}]}}", ErrorCodes.InvalidRequest, "prompts[0].key");
        await Refused(
            TestSilo.Json(new PromptsRequest([.. Enumerable.Repeat(new PromptInput("a"), PromptIntake.LongestBatch + 1)])), ErrorCodes.InvalidRequest, "1025");
        await Refused(TestSilo.Json(new PromptsRequest([new PromptInput(new string('ä', 40_000))])), ErrorCodes.PromptTooLong, "80000 bytes", HttpStatusCode.UnprocessableEntity);

        async Task Refused(string body, string code, string detail, HttpStatusCode status = HttpStatusCode.BadRequest)
        {
            var problem = await Problem.OfAsync(silo.PostAsync(path, body));
            Assert.Equal((status, code), (problem.Status, problem.Code));
            Assert.Contains(detail, problem.Detail);
        }
    }

    [Theory]
    [InlineData("{\"prompts\":[{\"text\":\"SECRET\"},{\"text\":\"\"}]}")]
    [InlineData("{\"prompts\":[{\"text\":\"SECRET\",}]}")]
    [InlineData("{\"prompts\":[{\"text\":[\"SECRET\"]}]}")]
    [InlineData("{\"prompts\":[{\"text\":\"SECRET \\ud800\"}]}")]
    [InlineData("{\"prompts\":\"SECRET\"}")]
    [InlineData("SECRET")]
    public async Task No_answer_and_no_log_repeats_what_was_sent(string body)
    {
        await EnsureLaneAsync("secretive");
        var problem = await Problem.OfAsync(silo.PostAsync("/v1/lanes/secretive/prompts", body));
        Assert.DoesNotContain("SECRET", problem.Body);
        Assert.DoesNotContain("SECRET", silo.Log.Text);
    }

    [Fact]
    public async Task A_job_for_a_student_that_nobody_trains_is_refused()
    {
        await silo.NewStudentAsync("untrained");
        foreach (var response in new[]
        {
            silo.Http.GetAsync("/v1/students/untrained/accounting"),
            silo.Http.GetAsync("/v1/students/untrained/holdout"),
            silo.PostAsync("/v1/students/untrained/snapshots", "{}"),
            silo.PostAsync("/v1/students/untrained/evaluations", "{\"manifest\":\"m\"}"),
        })
        {
            var problem = await Problem.OfAsync(response);
            Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.StudentNotRunning), (problem.Status, problem.Code));
        }
    }

    [Theory]
    [InlineData("newerThan=-1")]
    [InlineData("newerThan=x")]
    [InlineData("wait=301")]
    [InlineData("wait=NaN")]
    public async Task A_wrong_query_is_refused(string query)
    {
        await EnsureStudentAsync("queried");
        var problem = await Problem.OfAsync(silo.Http.GetAsync($"/v1/students/queried/snapshots/latest?{query}"));
        Assert.Equal((HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest), (problem.Status, problem.Code));
        Assert.Contains(query[..query.IndexOf('=')], problem.Detail);
    }

    [Fact]
    public async Task Broken_models_are_refused_where_they_are_seen()
    {
        await silo.NewLaneAsync("models");
        var truncated = TestModel.Write(silo.File("truncated"));
        await File.WriteAllBytesAsync(Path.Combine(truncated, "model.safetensors"), BitConverter.GetBytes(1000L));
        var bare = TestModel.Write(silo.File("bare"));
        File.Delete(Path.Combine(bare, "tokenizer.json"));
        foreach (var (directory, file) in new[] { (truncated, "model.safetensors"), (bare, "tokenizer.json") })
        {
            var problem = await Problem.OfAsync(silo.PostAsync("/v1/teachers", $"{{\"name\":\"t\",\"lane\":\"models\",\"model\":\"{directory}\"}}"));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, ErrorCodes.ModelInvalid), (problem.Status, problem.Code));
            Assert.Contains(file, problem.Detail);
        }
    }

    private async Task EnsureLaneAsync(string name)
    {
        using var response = await silo.PostAsync("/v1/lanes", Encoding.UTF8.GetBytes($"{{\"name\":\"{name}\"}}"));
        Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict);
    }

    private async Task EnsureStudentAsync(string name)
    {
        await EnsureLaneAsync(name);
        using var response = await silo.PostAsync("/v1/students", TestSilo.Json(TestSilo.StudentSpec(name, name)));
        Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict);
    }
}
