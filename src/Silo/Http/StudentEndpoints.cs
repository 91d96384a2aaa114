using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Distillation.Objectives;
using Reflux.Distillation.Records;
using Reflux.Grains.Students;
using Reflux.Silo.Ingestion;

namespace Reflux.Silo.Http;

/// <summary>/v1/students</summary>
internal static class StudentEndpoints
{
    public static void MapStudents(this IEndpointRouteBuilder api)
    {
        var students = api.MapGroup("/students");
        students.MapPost("", CreateAsync);
        students.MapGet("", async (Entities entities) => Answers.Ok(new DefinitionList(await entities.ListAsync(DefinitionKind.Student))));
        students.MapGet("/{student}", StatusAsync);
        students.MapDelete("/{student}", DeleteAsync);
        students.MapPost("/{student}/pause", async (string student, Entities entities) => Answers.Ok((await entities.Student(student).Pause()).Read()));
        students.MapPost("/{student}/resume", async (string student, string? acceptGap, Entities entities) => Answers.Ok((await entities.Student(student).Resume(acceptGap is "true")).Read()));
        students.MapGet("/{student}/accounting", (string student, StudentJobs jobs, CancellationToken cancellationToken) =>
            jobs.RunAsync<StudentAccounting>(student, StudentJobKinds.Accounting, "{}", cancellationToken));
        students.MapGet("/{student}/holdout", (string student, StudentJobs jobs, CancellationToken cancellationToken) =>
            jobs.RunAsync<HoldoutList>(student, StudentJobKinds.Holdout, "{}", cancellationToken));
        students.MapPost("/{student}/evaluations", EvaluateAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Entities entities, ModelChecks models)
    {
        var spec = await RequestBody.ReadAsync<StudentSpec>(context);
        models.CheckStudent(spec);
        var lane = (await entities.LaneDefinitionAsync(spec.Lane)).Lane!.Spec;
        if (Objective.Refusal(Objective.Of(spec.Training, lane.Temperature).Divergence, LabelSpec.Of(lane).Kind) is { } refusal)
        {
            throw refusal;
        }

        var document = await entities.Student(spec.Name).Create(JsonSerializer.Serialize(spec, RefluxJson.Options));
        return Answers.Created(context, $"/v1/students/{spec.Name}", document.Read());
    }

    private static async Task<IResult> StatusAsync(string student, Entities entities)
    {
        var view = await entities.Student(student).View() ?? throw Entities.NotFound(ErrorCodes.StudentNotFound, "student", student);
        var progress = view.ProgressJson is { } json ? JsonSerializer.Deserialize<TrainerProgress>(json, RefluxJson.Options) : null;
        return Answers.Ok(new StudentStatus(view.Definition.Read(), view.State, view.Message, view.Epoch, view.Owner, progress));
    }

    private static async Task<IResult> DeleteAsync(string student, Entities entities)
    {
        await entities.Student(student).Delete();
        return Results.NoContent();
    }

    private static async Task<IResult> EvaluateAsync(string student, HttpContext context, StudentJobs jobs)
    {
        var request = await RequestBody.ReadAsync<EvaluationRequest>(context);
        return await jobs.RunAsync<EvaluationResult>(
            student, StudentJobKinds.Evaluation, JsonSerializer.Serialize(request, RefluxJson.Options), context.RequestAborted);
    }
}
