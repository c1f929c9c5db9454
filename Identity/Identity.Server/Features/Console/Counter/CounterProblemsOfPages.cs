using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Counter;

/// <summary>What is wrong with a single field of a form at the counter.</summary>
internal static class CounterProblemsOfPages
{
    public static readonly Problem NoPost = new("console.counter.post", 403, "您的账号没有窗口岗位。", "Your account has no post at a counter.");
    public static readonly Problem BadIdNumber = new("console.counter.idNumber", 422, "请填写 18 位有效身份证号。", "Enter a valid ID number of 18 characters.");
    public static readonly Problem BadUscc = new("console.counter.uscc", 422, "请填写 18 位有效统一社会信用代码。", "Enter a valid credit code of 18 characters.");
    public static readonly Problem NoName = new("console.counter.name", 422, "请填写证件上的姓名。", "Enter the name on the document.");
    public static readonly Problem NoWindow = new("console.counter.window", 422, "请填写窗口。", "Enter the window.");
    public static readonly Problem NotChecked = new("console.counter.document", 422, "请确认已查验证件原件。", "Confirm that you have seen the original document.");
    public static readonly Problem BadDocument = new(
        "console.counter.documentNumber", 422, "请填写证件号码（5 至 40 个字母、数字或连字符；身份证即身份证号）。", "Enter the document's number (5 to 40 letters, digits or hyphens; for an ID card the ID number).");

    public static readonly Problem NoChoice = new("console.counter.choice", 422, "请选择一项。", "Choose one.");
    public static readonly Problem NoFinding = new("console.counter.finding", 422, "请填写 5 至 500 字的核验情况。", "Say in 5 to 500 characters what you checked.");
    public static readonly Problem NoInterest = new("console.counter.interest", 422, "请确认与当事人没有利害关系。", "Confirm that you have no interest in the matter.");
    public static readonly Problem NoReasons = new("console.counter.reasons", 422, "请填写 5 至 500 字的理由。", "Give the reasons in 5 to 500 characters.");
    public static readonly Problem NoAnswer = new("console.counter.answer", 422, "请填写 5 至 1000 字的答复。", "Write the answer in 5 to 1000 characters.");
    public static readonly Problem BadSearch = new("console.disputes.search", 422, "请填写争议编号或 18 位身份证号。", "Enter a dispute's number or an ID number of 18 characters.");
}
