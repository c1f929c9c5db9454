namespace Yinxin.Identity.Server.Features.Forms;

/// <summary>A page whose form is not lost when it comes after the session has ended (<see cref="KeptForms"/>).</summary>
/// <param name="fields">What is kept. Not what somebody declares by a tick: that is declared anew.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KeepsFormAttribute(params string[] fields) : Attribute
{
    public IReadOnlyList<string> Fields { get; } = fields;
}
