//! Messages as chat channels take them: Slack's blocks, and an adaptive card for Microsoft Teams.

use serde_json::{Value, json};

use crate::entities::WebhookFormat;

/// The most lines of one message; Slack takes fifty blocks.
const MOST_LINES: usize = 20;

/// A message for a channel.
#[derive(Clone, Debug, Default)]
pub struct ChatMessage {
    /// What it is about.
    pub title: String,
    /// What happened, the latest last.
    pub lines: Vec<ChatLine>,
    /// Where to see more: what the button says, and its address.
    pub button: Option<(String, String)>,
}

/// One thing that happened.
#[derive(Clone, Debug, Default)]
pub struct ChatLine {
    /// What.
    pub title: String,
    /// With its numbers.
    pub detail: String,
    /// What could be done now.
    pub next_step: String,
}

impl ChatMessage {
    /// The body to send; nothing for webhooks that are no chat.
    pub fn body(&self, format: WebhookFormat) -> Option<String> {
        match format {
            WebhookFormat::Standard => None,
            WebhookFormat::Slack => Some(self.slack().to_string()),
            WebhookFormat::Teams => Some(self.teams().to_string()),
        }
    }

    fn lines(&self) -> (impl Iterator<Item = &ChatLine>, Option<String>) {
        let left = self.lines.len().saturating_sub(MOST_LINES);
        let more = (left > 0).then(|| format!("And {left} more."));
        (self.lines.iter().take(MOST_LINES), more)
    }

    fn slack(&self) -> Value {
        let section =
            |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
        let mut blocks = vec![section(format!("*{}*", for_slack(&self.title)))];
        let (lines, more) = self.lines();
        for line in lines {
            let mut text = format!("*{}*", for_slack(&line.title));
            for part in [&line.detail, &line.next_step] {
                if !part.is_empty() {
                    text.push('\n');
                    text.push_str(&for_slack(part));
                }
            }
            blocks.push(section(text));
        }
        blocks.extend(more.map(section));
        if let Some((label, url)) = &self.button {
            blocks.push(json!({ "type": "actions", "elements": [
                { "type": "button", "text": { "type": "plain_text", "text": label }, "url": url },
            ]}));
        }
        // The text is what notifications and screen readers get.
        json!({ "text": for_slack(&self.summary()), "blocks": blocks })
    }

    fn teams(&self) -> Value {
        let text = |text: &str, more: Value| {
            let mut block = json!({ "type": "TextBlock", "wrap": true, "text": for_teams(text) });
            if let (Some(block), Some(more)) = (block.as_object_mut(), more.as_object()) {
                block.extend(more.clone());
            }
            block
        };
        let mut body = vec![text(
            &self.title,
            json!({ "weight": "bolder", "size": "medium" }),
        )];
        let (lines, more) = self.lines();
        for line in lines {
            body.push(text(
                &line.title,
                json!({ "weight": "bolder", "separator": true }),
            ));
            if !line.detail.is_empty() {
                body.push(text(&line.detail, json!({ "spacing": "none" })));
            }
            if !line.next_step.is_empty() {
                body.push(text(
                    &line.next_step,
                    json!({ "spacing": "none", "isSubtle": true }),
                ));
            }
        }
        body.extend(more.map(|more| text(&more, json!({}))));
        let actions: Vec<Value> = self
            .button
            .iter()
            .map(|(label, url)| json!({ "type": "Action.OpenUrl", "title": label, "url": url }))
            .collect();
        json!({
            "type": "message",
            "summary": self.summary(),
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": body,
                    "actions": actions,
                },
            }],
        })
    }

    fn summary(&self) -> String {
        match self.lines.as_slice() {
            [only] => format!("{}: {}", self.title, only.title),
            _ => self.title.clone(),
        }
    }
}

/// Slack reads three characters as its own; nobody's name may become a mention or a link.
fn for_slack(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Teams reads Markdown; nobody's name may become a link.
fn for_teams(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '[' | ']' | '*' | '_' | '`' | '#' | '<' | '>') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> ChatMessage {
        ChatMessage {
            title: "Acme rollout".to_owned(),
            lines: vec![ChatLine {
                title: "<!channel> [click](http://evil.example) read it & more".to_owned(),
                detail: "3 of 5 pages".to_owned(),
                next_step: "Call today.".to_owned(),
            }],
            button: Some(("Open".to_owned(), "https://sales.example/o/1".to_owned())),
        }
    }

    #[test]
    fn a_name_cannot_mention_a_channel_or_become_a_link() {
        let slack = message().body(WebhookFormat::Slack).unwrap();
        assert!(!slack.contains("<!channel>"), "{slack}");
        assert!(slack.contains("&lt;!channel&gt;"), "{slack}");
        let teams = message().teams();
        let text = teams["attachments"][0]["content"]["body"][1]["text"].as_str();
        assert!(text.unwrap().contains(r"\[click\]"), "{teams}");
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let mut long = message();
        long.lines = vec![long.lines[0].clone(); 60];
        let slack = long.slack();
        assert_eq!(slack["blocks"].as_array().unwrap().len(), 1 + 20 + 1 + 1);
        assert!(slack.to_string().contains("And 40 more."));
    }
}
