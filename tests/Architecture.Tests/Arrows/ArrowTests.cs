using System.Reflection;
using NetArchTest.Rules;
using Xunit;

namespace Yinxin.Architecture.Tests.Arrows;

/// <summary>Who may know whom: Portal → (Identity.Client, HTTP) → License → Seal → Trust, and no server's inside from outside.</summary>
public sealed class ArrowTests
{
    private static readonly string[] Apps =
        ["Trust.Server", "Seal.Server", "License.Server", "Identity.Server", "Web", "Desk", "Payment", "Exchange", "Sandbox"];

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Trust"] = [],
        ["ServiceDefaults"] = [],
        ["Web.Components"] = ["ServiceDefaults"],
        ["Trust.Cli"] = ["Trust"],
        ["Trust.Server"] = ["Trust", "ServiceDefaults", "Web.Components"],
        ["Seal"] = ["Trust"],
        ["Seal.Server"] = ["Seal", "Trust", "ServiceDefaults", "Web.Components"],
        ["License"] = ["Seal", "Trust"],
        ["License.Cli"] = ["License", "Seal", "Trust"],
        ["License.Server"] = ["License", "Seal", "Trust", "ServiceDefaults", "Web.Components", "Identity.Client"],
        ["Identity.Client"] = ["Trust", "ServiceDefaults"],
        ["Identity.Faces"] = [],
        ["Identity.Server"] = ["Identity.Faces", "Trust", "ServiceDefaults", "Web.Components"],
        ["Web"] = ["Identity.Client", "ServiceDefaults", "Web.Components"],
        ["Desk"] = ["Identity.Client", "ServiceDefaults", "Web.Components"],
        ["Payment"] = ["Identity.Client", "ServiceDefaults", "Web.Components"],
        ["Exchange"] = ["Identity.Client", "ServiceDefaults", "Web.Components"],
        ["Sandbox"] = ["ServiceDefaults", "Web.Components"],
        ["Launch"] = [.. Apps, "License.Cli", "License", "Trust", "ServiceDefaults"],
    };

    public static TheoryData<string> Projects => [.. Repository.Projects.Where(p => !p.StartsWith("tests/", StringComparison.Ordinal))];

    public static TheoryData<string> Libraries => ["Trust", "Seal", "License"];

    public static TheoryData<string> AllApps => [.. Apps];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_below_it(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);

        Assert.True(Allowed.TryGetValue(name, out var below), $"{name} has no place in the architecture yet.");
        Assert.Empty(Repository.References(project).Except(below));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_knows_no_web_framework(string library)
    {
        var result = Types.InAssembly(Load(library)).ShouldNot().HaveDependencyOn("Microsoft.AspNetCore").GetResult();

        Assert.Empty(result.FailingTypeNames ?? []);
        Assert.DoesNotContain(Load(library).GetReferencedAssemblies(), a => a.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllApps))]
    public void An_app_uses_no_type_of_another_app(string app)
    {
        var others = Apps.Where(a => a != app).Select(a => "Yinxin." + a);

        Assert.Empty(Load(app).GetReferencedAssemblies().Select(a => a.Name!).Intersect(others));
    }

    [Theory]
    [MemberData(nameof(AllApps))]
    public void An_app_shows_only_its_entrance(string app)
    {
        var shown = Load(app).GetExportedTypes()
            .Where(t => !t.Name.EndsWith("App", StringComparison.Ordinal) && t.Name != "Program")
            // The migration tool writes public classes.
            .Where(t => t.Namespace?.Contains(".Data.Migrations.", StringComparison.Ordinal) != true).Select(t => t.FullName);

        Assert.Empty(shown);
    }

    private static Assembly Load(string name) => Assembly.Load("Yinxin." + name);
}
