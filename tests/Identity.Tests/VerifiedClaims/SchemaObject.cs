using System.Text.Json;
using Xunit;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>What a schema says of an object: the members that it must have, and a rule for each that it may have. No others.</summary>
internal sealed record SchemaObject(string[] Required, Dictionary<string, Action<JsonElement>> Members)
{
    public void Check(JsonElement element)
    {
        Assert.Equal(JsonValueKind.Object, element.ValueKind);
        Assert.All(Required, name => Assert.True(element.TryGetProperty(name, out _), $"{name} is missing in {element}"));
        foreach (var member in element.EnumerateObject())
        {
            Assert.True(Members.ContainsKey(member.Name), $"{member.Name} has no place in {element}");
            Members[member.Name](member.Value);
        }
    }

    public static void Text(JsonElement element) => Assert.Equal(JsonValueKind.String, element.ValueKind);

    /// <summary>At least one, each by the rule.</summary>
    public static Action<JsonElement> List(Action<JsonElement> item) => element =>
    {
        Assert.Equal(JsonValueKind.Array, element.ValueKind);
        Assert.NotEqual(0, element.GetArrayLength());
        Assert.All(element.EnumerateArray(), item);
    };
}
