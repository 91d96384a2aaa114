using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Lanes;

public sealed class LaneGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task A_lane_is_created_read_and_deleted()
    {
        Assert.Null(await cluster.Lane("support").Get());
        var created = await cluster.CreateLaneAsync("support");
        Assert.Equal((DefinitionKind.Lane, "support", 1L, false), (created.Kind, created.Name, created.Revision, created.Deleted));
        Assert.Equal(0.05, created.Lane!.Spec.HoldoutFraction);
        Assert.Equal(created, (await cluster.Lane("support").Get())!.Read());

        await cluster.Lane("support").Delete();
        Assert.Null(await cluster.Lane("support").Get());
        Assert.Equal(ErrorCodes.LaneNotFound, (await Assert.ThrowsAsync<GrainFault>(() => cluster.Lane("support").Delete())).Code);
    }

    [Fact]
    public async Task A_name_that_is_used_again_is_another_lane()
    {
        var first = await cluster.CreateLaneAsync("again");
        await cluster.Lane("again").Delete();
        var second = await cluster.CreateLaneAsync("again");
        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(first.Lane!.LabelSeed, second.Lane!.LabelSeed);
        Assert.Equal(3, second.Revision);
    }

    [Fact]
    public async Task A_taken_name_is_refused()
    {
        await cluster.CreateLaneAsync("taken");
        Assert.Equal(ErrorCodes.NameTaken, (await Assert.ThrowsAsync<GrainFault>(() => cluster.CreateLaneAsync("taken"))).Code);
    }

    [Theory]
    [InlineData("Upper", ErrorCodes.InvalidName)]
    [InlineData("1st", ErrorCodes.InvalidName)]
    [InlineData("a b", ErrorCodes.InvalidName)]
    [InlineData("line\n", ErrorCodes.InvalidName)]
    [InlineData("-", ErrorCodes.InvalidName)]
    public async Task Names_are_checked(string name, string code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<GrainFault>(() => cluster.CreateLaneAsync(name))).Code);

    [Fact]
    public async Task A_name_of_65_characters_is_refused_and_one_of_64_is_not()
    {
        Assert.Equal(ErrorCodes.InvalidName, (await Assert.ThrowsAsync<GrainFault>(() => cluster.CreateLaneAsync(new string('a', 65)))).Code);
        Assert.Equal(64, (await cluster.CreateLaneAsync(new string('a', 64))).Name.Length);
    }

    [Theory]
    [InlineData(-0.1, 50, 1.0)]
    [InlineData(0.6, 50, 1.0)]
    [InlineData(double.NaN, 50, 1.0)]
    [InlineData(0.05, 0, 1.0)]
    [InlineData(0.05, 1001, 1.0)]
    [InlineData(0.05, 50, 0.05)]
    public async Task Values_out_of_range_are_refused_by_name(double holdout, int draws, double temperature)
    {
        var spec = new LaneSpec { Name = "ranges", HoldoutFraction = holdout, Draws = draws, Temperature = temperature };
        var problem = SpecRules.Problem(spec);
        Assert.NotNull(problem);
        Assert.Equal(ErrorCodes.InvalidRequest, problem.Code);
        if (!double.IsNaN(holdout))
        {
            var fault = await Assert.ThrowsAsync<GrainFault>(() => cluster.Lane("ranges").Create(GrainCluster.Json(spec)));
            Assert.Equal((problem.Code, problem.Message, problem.Remedy), (fault.Code, fault.Message, fault.Remedy));
        }
    }

    [Theory]
    [InlineData("dense", 64, "labels")]
    [InlineData("TopK", 64, "labels")]
    [InlineData("topk", 0, "topK")]
    [InlineData("topk", 1001, "topK")]
    public void A_lanes_labels_are_of_a_known_form_and_size(string labels, int k, string named)
    {
        var problem = SpecRules.Problem(new LaneSpec { Name = "forms", Labels = labels, TopK = k });
        Assert.Equal(ErrorCodes.InvalidRequest, problem?.Code);
        Assert.Contains(named, problem!.Message, StringComparison.Ordinal);
        Assert.Null(SpecRules.Problem(new LaneSpec { Name = "forms", Labels = "topk", TopK = 64 }));
    }

    [Fact]
    public async Task A_lane_in_use_stays()
    {
        await cluster.CreateLaneAsync("used");
        await cluster.CreateTeacherAsync("used-teacher", "used");
        await cluster.CreateStudentAsync("used-student", "used");
        var fault = await Assert.ThrowsAsync<GrainFault>(() => cluster.Lane("used").Delete());
        Assert.Equal(ErrorCodes.LaneInUse, fault.Code);
        Assert.Contains("used-teacher", fault.Message);
        Assert.Contains("used-student", fault.Message);
        Assert.NotNull(await cluster.Lane("used").Get());

        await cluster.Teacher("used-teacher").Delete();
        await cluster.Student("used-student").Delete();
        await cluster.Lane("used").Delete();
        Assert.Null(await cluster.Lane("used").Get());
    }
}
