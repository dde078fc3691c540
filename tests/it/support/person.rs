//! Somebody who talks to the API.

use lastmile::ids::UserId;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::PASSWORD;

/// A signed-in user with a client of their own.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) token: String,
    base: String,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// Reads a response to its end.
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            status,
            headers,
            body,
        }
    }

    /// The body of a reply of success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    /// The problem's code of a reply that refuses.
    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        assert!(!self.status.is_success(), "{} {}", self.status, self.body);
        self.body["code"].as_str().expect("a problem has a code")
    }
}

impl Person {
    pub(crate) async fn sign_in(base: &str, email: &str, id: UserId) -> Self {
        let client = reqwest::Client::new();
        let response = client
            .post(format!("{base}/api/v1/session"))
            .json(&json!({ "email": email, "password": PASSWORD }))
            .send()
            .await
            .unwrap();
        let body = Reply::read(response).await.ok();
        Self {
            id,
            token: body["access_token"].as_str().unwrap().to_owned(),
            base: base.to_owned(),
            client,
        }
    }

    /// A request of theirs, not yet sent.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Reply {
        Reply::read(
            self.request(Method::POST, path)
                .json(body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// An edit of what was read at `revision`.
    pub(crate) async fn edit(
        &self,
        method: Method,
        path: &str,
        revision: i64,
        body: &impl Serialize,
    ) -> Reply {
        let request = self
            .request(method, path)
            .header("if-match", format!("\"{revision}\""))
            .json(body);
        Reply::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        Reply::read(self.request(Method::DELETE, path).send().await.unwrap()).await
    }

    /// Uploads a file with its metadata.
    pub(crate) async fn upload(
        &self,
        path: &str,
        file_name: &str,
        content: impl Into<Vec<u8>>,
        metadata: &Value,
    ) -> Reply {
        let form = reqwest::multipart::Form::new()
            .part(
                "file",
                reqwest::multipart::Part::bytes(content.into()).file_name(file_name.to_owned()),
            )
            .text("metadata", metadata.to_string());
        Reply::read(
            self.request(Method::POST, path)
                .multipart(form)
                .send()
                .await
                .unwrap(),
        )
        .await
    }
}
